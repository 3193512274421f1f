/** When each sign of progress of a build was seen last: folded over the Models, one step for each new look at it. */
import type { Sign } from '../model/diagnosis/verdict.ts';
import type { Build, BuildProcess } from '../model/model.ts';
import type { ProgressRaw } from '../model/sample.ts';
import type { Thresholds } from './thresholds.ts';

export type BuildSign = Extract<Sign, 'cpu' | 'io' | 'processes' | 'lines' | 'resident'>;

/** Times are monotonic ms. */
export interface BuildSigns {
  /** As it was looked at last. */
  readonly build: Build;
  /** First look: what was before is unknown. */
  readonly seenMs: number;
  readonly lookedMs: number;
  /** Of what can be seen; a sign that can be seen anew begins then. */
  readonly at: Readonly<Record<BuildSign, number>>;
  readonly unseen: readonly BuildSign[];
  /** The last CPU time or context switch, however small. */
  readonly stirMs: number;
  /** CPU seconds since the begin of a window: one tick of the clock in a second is 1 %, and may be all of a minute. */
  readonly cpuWindow: { readonly fromMs: number; readonly usedSec: number };
  /** Since when it has used CPU without a pause; null: it is idle. */
  readonly busySinceMs: number | null;
  /** Resident bytes at the last change that counted. */
  readonly residentMark: number | null;
  /** Of the thread with the most; null: not read. */
  readonly yieldsPerSec: number | null;
}

export interface Look {
  /** Monotonic ms of the look at the processes. */
  readonly nowMs: number;
  /** Unix ms. */
  readonly timeMs: number;
  readonly thresholds: Thresholds;
}

export function firstSigns(build: Build, { nowMs, timeMs }: Look): BuildSigns {
  const unseen = unseenOf(build);
  return {
    build,
    seenMs: nowMs,
    lookedMs: nowMs,
    at: {
      cpu: nowMs,
      io: nowMs,
      processes: nowMs,
      lines: lastLineAt(build, nowMs, timeMs),
      resident: nowMs,
    },
    unseen,
    stirMs: nowMs,
    cpuWindow: { fromMs: nowMs, usedSec: 0 },
    busySinceMs: null,
    residentMark: build.residentBytes,
    yieldsPerSec: null,
  };
}

/** The same object where it is the same build object. */
export function nextSigns(before: BuildSigns, build: Build, look: Look): BuildSigns {
  const old = before.build;
  if (old === build) return before;
  const { nowMs, timeMs, thresholds } = look;
  const unseen = unseenOf(build, before.unseen);
  const moved = compareTrees(old.tree, build.tree);
  const cpu = build.cpuPercent ?? 0;
  const cpuWindow = nextWindow(before, cpu, look);
  const working = cpu > 0 && cpuWindow.usedSec >= (thresholds.idleCpuPercent / 100) * thresholds.pauseSec;
  const io =
    (build.readBytesPerSec ?? 0) + (build.writeBytesPerSec ?? 0) > 0 ||
    moved.callBytes >= thresholds.callBytes;
  const comparable = build.residentBy === old.residentBy && before.residentMark !== null;
  const grown =
    comparable &&
    Math.abs((build.residentBytes ?? before.residentMark) - before.residentMark) >= thresholds.residentBytes;
  // Rates take two looks: that there are none at the first is no news.
  const seenAnew = (sign: BuildSign) =>
    old.cpuPercent !== null && before.unseen.includes(sign) && !unseen.includes(sign);
  const { at } = before;
  const spoke = old.log !== null && (build.log?.lines !== old.log.lines || build.phase !== old.phase);
  const pausedMs = nowMs - at.cpu >= thresholds.pauseSec * 1000;
  return {
    build,
    seenMs: before.seenMs,
    lookedMs: nowMs,
    at: {
      cpu: working ? nowMs : at.cpu,
      io: io || seenAnew('io') ? nowMs : at.io,
      processes: moved.others ? nowMs : at.processes,
      lines: seenAnew('lines') ? lastLineAt(build, nowMs, timeMs) : spoke ? nowMs : at.lines,
      resident: grown || seenAnew('resident') ? nowMs : at.resident,
    },
    unseen,
    stirMs: cpu > 0 || moved.switched || moved.others ? nowMs : before.stirMs,
    cpuWindow,
    busySinceMs: working ? (before.busySinceMs ?? nowMs) : pausedMs ? null : before.busySinceMs,
    residentMark: grown || !comparable ? build.residentBytes : before.residentMark,
    yieldsPerSec: moved.yieldsPerSec ?? (hasProgress(build) ? before.yieldsPerSec : null),
  };
}

function nextWindow(before: BuildSigns, cpu: number, { nowMs, thresholds }: Look): BuildSigns['cpuWindow'] {
  const { cpuWindow, lookedMs } = before;
  const over = nowMs - cpuWindow.fromMs >= thresholds.pauseSec * 1000;
  const used = (cpu / 100) * ((nowMs - lookedMs) / 1000);
  return over
    ? { fromMs: nowMs, usedSec: used }
    : { fromMs: cpuWindow.fromMs, usedSec: cpuWindow.usedSec + used };
}

/** When it last got on, as far as can be seen; `without` leaves a sign out. */
export function lastSign({ at, unseen }: BuildSigns, without?: BuildSign): number {
  let last = Number.NEGATIVE_INFINITY;
  for (const sign of buildSigns) {
    if (sign !== without && !unseen.includes(sign)) last = Math.max(last, at[sign]);
  }
  return last;
}

export const buildSigns: readonly BuildSign[] = ['cpu', 'io', 'processes', 'lines', 'resident'];

/** Of a log that is known, the last line; else now. */
function lastLineAt({ log }: Build, nowMs: number, timeMs: number): number {
  return log?.lastLineMs == null ? nowMs : nowMs - Math.max(0, timeMs - log.lastLineMs);
}

function unseenOf(build: Build, before: readonly BuildSign[] = []): readonly BuildSign[] {
  const unseen: BuildSign[] = [];
  if (build.cpuPercent === null) unseen.push('cpu');
  if (build.readBytesPerSec === null && build.writeBytesPerSec === null && !hasCallBytes(build))
    unseen.push('io');
  if (build.log === null) unseen.push('lines');
  if (build.residentBytes === null) unseen.push('resident');
  const same = unseen.length === before.length && unseen.every((sign, i) => sign === before[i]);
  return same ? before : unseen;
}

function hasProgress({ tree }: Build): boolean {
  return tree.some(({ progress }) => progress !== undefined);
}

function hasCallBytes({ tree }: Build): boolean {
  return tree.some(({ progress }) => progress != null && progress.callBytes !== null);
}

interface Moved {
  /** Somebody began or ended. */
  readonly others: boolean;
  readonly switched: boolean;
  readonly callBytes: number;
  readonly yieldsPerSec: number | null;
}

/** Depth first both times: where nobody began or ended, each stands in its place. */
function compareTrees(before: readonly BuildProcess[], now: readonly BuildProcess[]): Moved {
  let others = before.length !== now.length;
  let switched = false;
  let callBytes = 0;
  let yieldsPerSec: number | null = null;
  for (let i = 0; i < now.length && !others; i += 1) {
    const one = now[i] as BuildProcess;
    const old = before[i] as BuildProcess;
    if (one.pid !== old.pid || one.startTime !== old.startTime) others = true;
    const a = old.progress;
    const b = one.progress;
    if (a === b || a === undefined || b === undefined) continue;
    const voluntary = difference(a.voluntarySwitches, b.voluntarySwitches);
    const involuntary = difference(a.nonvoluntarySwitches, b.nonvoluntarySwitches);
    const threads = compareThreads(a.otherThreads, b.otherThreads);
    if (voluntary + involuntary > 0 || threads.switched) switched = true;
    callBytes += difference(a.callBytes, b.callBytes);
    const seconds = (b.atMs - a.atMs) / 1000;
    if (seconds > 0) {
      const most = Math.max(involuntary, threads.involuntary);
      yieldsPerSec = Math.max(yieldsPerSec ?? 0, most / seconds);
    }
  }
  return { others, switched, callBytes, yieldsPerSec };
}

/** One that ends takes its switches along: another sum is something that moved. */
function compareThreads(before: ProgressRaw['otherThreads'], now: ProgressRaw['otherThreads']) {
  if (before === undefined || now === undefined) return { switched: false, involuntary: 0 };
  return {
    switched: before.switches !== now.switches,
    involuntary: difference(before.mostNonvoluntary, now.mostNonvoluntary),
  };
}

function difference(before: number | null, now: number | null): number {
  return before === null || now === null ? 0 : Math.max(0, now - before);
}
