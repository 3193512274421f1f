/** The words of a verdict: `STUCK 12 min: idle, cmake waits in futex for itself; no line since 03:14`. */
import { formatBytes } from '../base/bytes.ts';
import { minuteText } from '../base/clock-time.ts';
import { lengthText } from '../base/duration.ts';
import { sameProcess } from '../base/identity.ts';
import { plural } from '../base/plural.ts';
import { printable, textColumns, truncate } from '../base/text.ts';
import type { Asleep, Evidence, Partner, Reason, Verdict, VerdictState } from '../model/diagnosis/verdict.ts';
import { clientCommand } from '../model/forest/client-command.ts';
import type { Level, Model } from '../model/model.ts';
import { nameOfPath } from '../model/nix-store/store-path.ts';
import { cgroupName } from './shortages.ts';
import { buildName } from './words.ts';

/** `stuck` is said aloud. */
export function verdictWord(state: VerdictState): string {
  return state === 'stuck' ? 'STUCK' : state;
}

export function verdictLevel(state: VerdictState): Level {
  return state === 'stuck' ? 'critical' : state === 'slow' || state === 'paused' ? 'warning' : 'ok';
}

type Words<Kinds extends { readonly kind: string }> = {
  readonly [Kind in Kinds['kind']]: (one: Extract<Kinds, { readonly kind: Kind }>) => string;
};

function say<Kinds extends { readonly kind: string }>(words: Words<Kinds>, one: Kinds): string {
  return (words[one.kind as Kinds['kind']] as (one: Kinds) => string)(one);
}

const asleepWords: Words<Asleep> = {
  disk: ({ program, wchan }) => `${program} waits for a disk${wchan === null ? '' : ` (${wchan})`}`,
  pipe: ({ program }) => `${program} waits for the other end of a pipe`,
  futex: ({ program }) => `${program} waits in futex for itself`,
  socket: ({ program }) => `${program} waits for a socket`,
  poll: ({ program }) => `${program} waits for an event`,
  signal: ({ program }) => `${program} waits for a signal`,
  'file-lock': ({ program }) => `${program} waits for a file lock`,
  child: ({ program }) => `${program} waits for a child that is not there`,
  'zombie-child': ({ program, child }) => `${program} does not reap its ended child ${child}`,
  zombies: () => 'all its processes have ended and nobody reaps them',
  'log-reader': ({ program, reader, readerPid }) =>
    `${program} writes its log, which ${reader} (${readerPid}) does not read`,
  timer: ({ program }) => `${program} sleeps until a time`,
  'virtual-machine': () => 'its virtual machine idles',
  network: ({ program }) => `${program} waits for the network`,
  'memory-limit': ({ program }) => `${program} is held up by a memory limit`,
  runnable: ({ program }) => `${program} gets no CPU`,
  unknown: ({ program, wchan }) =>
    wchan === null
      ? `where ${program} sleeps is not seen yet, or takes root`
      : `${program} waits in ${wchan}`,
};

/** `cmake does not reap its ended child ninja`. */
export function asleepText(asleep: Asleep): string {
  return say(asleepWords, asleep);
}

const partnerWords: Words<Partner> = {
  lock: ({ path, holderPid, holder }) =>
    `the lock of ${path === null ? 'another' : nameOfPath(path.replace(/\.lock$/, ''))}${holderText(holderPid, holder)}`,
  'garbage-collection': ({ holderPid, holder }) => `a garbage collection${holderText(holderPid, holder)}`,
  builder: ({ host }) => `builder ${host}`,
  machine: () => 'a free builder',
  'upload-lock': ({ host, waiting }) =>
    `the upload lock of ${host}${waiting > 1 ? ` with ${waiting - 1} more` : ''}`,
  cache: ({ peer, moving }) => `${moving > 0 ? 'bytes' : 'an answer'} of ${cacheText(peer)}`,
  'other-fetch': ({ input }) => `another client that fetches ${input ?? 'the same'}`,
  'build-user': () => 'a free build user',
  'store-lock': () => 'the lock of the store',
  database: ({ path }) => `the database ${path}`,
  profile: ({ path }) => `the profile ${path}`,
  'post-build-hook': ({ drv, program, pid }) =>
    `the post-build hook${drv === null ? '' : ` of ${drvName(drv)}`}${program === null ? '' : `, for ${program} (${pid})`}`,
  unit: ({ unit, switchPid }) =>
    `unit ${unit}${switchPid === null ? '' : `, where an older switch (${switchPid}) runs`}`,
  swap: () => 'swap, for memory is short',
  disk: ({ device }) => `a disk${device === null ? '' : `: ${device} is stalled`}`,
  'memory-limit': ({ cgroup, limitBytes }) =>
    `memory: ${cgroup === null ? 'its cgroup' : cgroupName(cgroup)} is at its limit${limitBytes === null ? '' : ` of ${formatBytes(limitBytes)}`}`,
  timer: ({ program }) => `a time: ${program} sleeps`,
  'virtual-machine': () => 'its virtual machine, which idles',
  network: ({ program }) => `the network: ${program}`,
  said: ({ text }) => text,
};

function cacheText(peer: string | null): string {
  return peer === null ? 'a cache' : peer.replace(/^https?:\/\//, '');
}

function holderText(pid: number | null, holder: string | null): string {
  if (pid === null && holder === null) return '';
  return `, held by ${holder === null ? 'process' : clientCommand(holder)}${pid === null ? '' : ` (${pid})`}`;
}

function drvName(drv: string): string {
  return nameOfPath(drv.replace(/\.drv$/, ''));
}

/** What is said first, and what follows where there is room. */
const reasonWords: {
  readonly [Kind in Reason['kind']]: (one: Extract<Reason, { kind: Kind }>) => readonly string[];
} = {
  progress: () => [],
  idle: ({ asleep }) => (asleep === null ? ['idle'] : ['idle', say(asleepWords, asleep)]),
  spinning: ({ yields }) => [
    'busy without progress',
    ...(yields ? ['its threads only hand on the CPU'] : []),
  ],
  quiet: () => ['works without a line or a new process'],
  overdue: () => [],
  short: ({ resource }) => [
    resource === 'cpu' ? 'no CPU is free' : `${resource === 'io' ? 'the disk' : 'memory'} is short`,
  ],
  wait: ({ partner }) => [`for ${say(partnerWords, partner)}`],
  transfer: ({ direction, path, peer, bytes, expectedBytes }) => [
    `no byte ${direction === 'fetch' ? 'from' : 'to'} ${cacheText(peer)}`,
    `${formatBytes(bytes)}${expectedBytes === null ? '' : ` of ${formatBytes(expectedBytes)}`}${path === null ? '' : ` of ${nameOfPath(path)}`}`,
  ],
  stopped: ({ frozen, cgroup, fromNixpulse, guard }) => [
    fromNixpulse
      ? guard === true
        ? 'by the guard'
        : 'from nixpulse'
      : frozen
        ? `cgroup${cgroup === null ? '' : ` ${cgroupName(cgroup)}`} is frozen`
        : 'stopped by a signal',
  ],
  builds: ({ standing, of }) => [of === 1 ? 'its build' : `${standing} of ${plural(of, 'build')}`],
};

type Clock = Pick<Model, 'timeMs' | 'monotonicMs'>;

export interface VerdictOptions {
  /** Default 120. */
  readonly columns?: number;
  /** Default true. */
  readonly unicode?: boolean;
}

/** One line: the verdict and since when; then as much of the reason and of what shows it as there is room for. */
export function verdictText(verdict: Verdict, clock: Clock, options: VerdictOptions = {}): string {
  const { columns = 120, unicode = true } = options;
  const { state, reason, certainty } = verdict;
  if (state === 'working') return 'working';
  const likely = state === 'stuck' && certainty === 'likely' ? ', likely' : '';
  const head = `${verdictWord(state)} ${sinceText(verdict, clock)}${likely}`;
  const words = (reasonWords[reason.kind] as (one: Reason) => readonly string[])(reason);
  const clauses = [...words, ...shownBy(verdict, clock)];
  let line = head;
  for (const [position, clause] of clauses.entries()) {
    const mark =
      position === 0
        ? reason.kind === 'wait' || (reason.kind === 'stopped' && reason.fromNixpulse)
          ? ' '
          : ': '
        : position < words.length
          ? ', '
          : '; ';
    const longer = `${line}${mark}${clause}`;
    if (position > 0 && textColumns(longer) > columns) break;
    line = longer;
  }
  return truncate(printable(line, unicode), columns, unicode);
}

/** `12 min`; `> 12 min` of what was so when it was first seen. */
export function sinceText({ sinceMs, atLeast }: Verdict, { monotonicMs }: Clock): string {
  const ms = Math.max(0, monotonicMs - sinceMs);
  // More than so much is said of whole minutes: it is no more than what is rounded up.
  return atLeast
    ? `> ${lengthText(ms < 120_000 ? Math.floor(ms / 1000) * 1000 : Math.floor(ms / 60_000) * 60_000)}`
    : lengthText(ms);
}

/** What shows it, in the order of what people ask for. */
function shownBy({ evidence, reason }: Verdict, clock: Clock): readonly string[] {
  const said = new Map(evidence.filter((one) => one.for).map((one) => [one.field, one]));
  const clauses: string[] = [];
  const usual = said.get('usual');
  if (usual?.value != null) clauses.push(`${usual.value}% of its usual time`);
  if (reason.kind === 'wait' || reason.kind === 'builds') return clauses;
  const lines = said.get('log.lines');
  if (lines?.sinceMs != null && reason.kind !== 'quiet')
    clauses.push(`no line since ${timeOf(lines, clock)}`);
  const write = said.get('write');
  if (write?.value != null && write.sinceMs !== null) clauses.push(`no I/O since ${timeOf(write, clock)}`);
  return clauses;
}

function timeOf({ sinceMs }: Evidence, { timeMs, monotonicMs }: Clock): string {
  return minuteText(timeMs - (monotonicMs - (sinceMs ?? monotonicMs)));
}

/** Of the builds, else of the clients; null: none is stuck. */
export function longestStuck({ verdicts }: Pick<Model, 'verdicts'>): Verdict | null {
  let longest: Verdict | null = null;
  for (const verdict of verdicts) {
    if (verdict.state !== 'stuck') continue;
    // A client is stuck because its builds are: they are said first.
    const isSameKind = longest === null || longest.subject.kind === verdict.subject.kind;
    if (longest === null || (isSameKind && verdict.sinceMs < longest.sinceMs)) longest = verdict;
  }
  return longest;
}

/** `firefox-130.0`, `nixos-rebuild`, `rebuild`. */
export function subjectName(
  { subject }: Verdict,
  { builds, clients }: Pick<Model, 'builds' | 'clients'>,
): string {
  if (subject.kind === 'build') {
    const build = builds.find((one) => sameProcess(one, subject));
    return build === undefined ? `build ${subject.pid}` : buildName(build);
  }
  if (subject.kind === 'rebuild') return 'rebuild';
  return clients.find((one) => sameProcess(one, subject))?.tool ?? `client ${subject.pid}`;
}
