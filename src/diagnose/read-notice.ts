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

const maybeText = orNull(text);
const maybeNumber = orNull(number);
const killed = {
  pid: maybeNumber,
  comm: maybeText,
  uid: maybeNumber,
  residentBytes: maybeNumber,
  cgroup: maybeText,
};
const mostCandidates = 100;
const candidate = object<KillCandidate>({ cgroup: text, currentBytes: maybeNumber, pressure10: maybeNumber });

const data = tagged<NoticeData, 'kind'>('kind', {
  'oom-kill': { limited: maybeText, ...killed },
  // `considered` may lack; without a reader for its absence every other one would be none.
  'guard-kill': { by: oneOf('systemd-oomd', 'earlyoom', 'nohang'), ...killed } as never,
  'unit-oom': { unit: text },
  'unit-failed': { unit: text, result: maybeText },
  'hung-task': { pid: number, comm: text, sec: number },
  'block-error': { device: text, what: text },
  device: { device: text, what: oneOf('timeout', 'reset', 'removed', 'error') },
  filesystem: {
    type: text,
    device: text,
    what: oneOf('error', 'read-only', 'shutdown', 'checksum', 'suspended'),
  },
});
const considered = withOptional(data, { considered: listOf(candidate, mostCandidates) });
const said = object<Pick<Notice, 'timeMs' | 'from' | 'text'>>({
  timeMs: number,
  from: oneOf('kernel', 'journal'),
  text,
});

export const readNotice: Reader<Notice> = (value) => {
  const what = considered(value);
  const how = said(value);
  if (what === undefined || how === undefined) return undefined;
  return { ...what, ...how } as Notice;
};
