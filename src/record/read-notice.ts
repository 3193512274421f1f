/** A notice of a recording, read: of this version, of another, or of somebody who means harm. */
import {
  listOf,
  number,
  object,
  oneOf,
  orNull,
  type Reader,
  tagged,
  text,
  withOptional,
} from '../base/reader.ts';
import type { KillCandidate, Notice, NoticeData } from '../model/diagnosis/notice.ts';

/** As long as a line of the kernel can be. */
const longestText = 4096;

const words: Reader<string> = (value) => {
  const read = text(value);
  return read === undefined || read.length > longestText ? undefined : read;
};
const maybeText = orNull(words);
const maybeNumber = orNull(number);
const killed = {
  pid: maybeNumber,
  comm: maybeText,
  uid: maybeNumber,
  residentBytes: maybeNumber,
  cgroup: maybeText,
};
const mostCandidates = 100;
const candidate = object<KillCandidate>({
  cgroup: words,
  currentBytes: maybeNumber,
  pressure10: maybeNumber,
});

const data = tagged<NoticeData, 'kind'>('kind', {
  'oom-kill': { limited: maybeText, ...killed },
  // `considered` and `guard` may lack; without a reader for its absence every other one would be none.
  'guard-kill': { by: oneOf('systemd-oomd', 'earlyoom', 'nohang'), ...killed } as never,
  'guard-signal': { by: oneOf('earlyoom', 'nohang'), ...killed },
  'own-kill': {
    what: oneOf('build', 'client', 'process'),
    pid: number,
    startTime: number,
    uid: maybeNumber,
    build: maybeText,
    command: maybeText,
  } as never,
  'unit-oom': { unit: words },
  'unit-failed': { unit: words, result: maybeText },
  'hung-task': { pid: number, comm: words, sec: number },
  'block-error': { device: words, what: words },
  device: { device: words, what: oneOf('timeout', 'reset', 'removed', 'error', 'full', 'writable') },
  filesystem: {
    type: words,
    device: words,
    what: oneOf('error', 'read-only', 'shutdown', 'checksum', 'suspended'),
  },
});
const considered = withOptional(data, {
  considered: listOf(candidate, mostCandidates),
  guard: (value) => (value === true ? value : undefined),
});
const said = object<Pick<Notice, 'timeMs' | 'from' | 'text'>>({
  timeMs: number,
  from: oneOf('kernel', 'journal', 'nixpulse'),
  text: words,
});

export const readNotice: Reader<Notice> = (value) => {
  const what = considered(value);
  const how = said(value);
  if (what === undefined || how === undefined) return undefined;
  return { ...what, ...how } as Notice;
};
