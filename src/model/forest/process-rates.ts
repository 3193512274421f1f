/** CPU and I/O rates of processes and groups between two readings of the forest. */
import type { ForestRaw, ProcessRaw } from '../sample.ts';

export interface Rates {
  /** Of one CPU. */
  readonly cpuPercent: number | null;
  readonly readBytesPerSec: number | null;
  readonly writeBytesPerSec: number | null;
}
export const unknownRates: Rates = { cpuPercent: null, readBytesPerSec: null, writeBytesPerSec: null };

/** Two readings of the forest: what was before, and how long ago. */
export interface RateSpan {
  readonly seconds: number;
  readonly ticksPerSec: number;
  /** Clock ticks since boot: a process that started later was not there at the reading before. */
  readonly bornAfter: number;
  readonly before: ReadonlyMap<number, ProcessRaw>;
}

/** A process is found some time after its fork: once it is a Nix tool, once its parent is. */
const foundWithinSec = 2;

/** Null where time did not pass. */
export function spanOf(
  now: ForestRaw,
  before: ForestRaw,
  byPid: ReadonlyMap<number, ProcessRaw>,
): RateSpan | null {
  const seconds = (now.treeAtMs - before.treeAtMs) / 1000;
  if (!(seconds > 0)) return null;
  const bornAfter = (before.uptimeSec - foundWithinSec) * before.ticksPerSec;
  return { seconds, ticksPerSec: now.ticksPerSec, bornAfter, before: byPid };
}

/** What a process used since, `null` for what is not known. */
interface Spent {
  readonly ownTicks: number;
  /** Of children that ended and were waited for. */
  readonly childTicks: number;
  readonly readBytes: number | null;
  readonly writeBytes: number | null;
}

const nothing: Spent = { ownTicks: 0, childTicks: 0, readBytes: 0, writeBytes: 0 };
const nothingKnown: Spent = { ...nothing, readBytes: null, writeBytes: null };
const idle: Rates = { cpuPercent: 0, readBytesPerSec: 0, writeBytesPerSec: 0 };
const idleAsKnown: Rates = { ...idle, readBytesPerSec: null, writeBytesPerSec: null };

/** One that is new counts from its start; one that is old but was not known then has no rate yet. */
function spentBy(process: ProcessRaw, { before, bornAfter }: RateSpan): Spent | null {
  const found = before.get(process.pid);
  // Most of them sleep, and are the same object as before.
  if (found === process && (process.readBytes === null) === (process.writeBytes === null)) {
    return process.readBytes === null ? nothingKnown : nothing;
  }
  const earlier = found?.startTime === process.startTime ? found : null;
  if (earlier === null && process.startTime < bornAfter) return null;
  const since = (a: number | null, b: number | null): number | null =>
    a === null || (b === null && earlier !== null) ? null : Math.max(0, a - (b ?? 0));
  return {
    ownTicks: Math.max(0, ownTicks(process) - (earlier === null ? 0 : ownTicks(earlier))),
    childTicks: Math.max(0, childTicks(process) - (earlier === null ? 0 : childTicks(earlier))),
    readBytes: since(process.readBytes, earlier?.readBytes ?? null),
    writeBytes: since(process.writeBytes, earlier?.writeBytes ?? null),
  };
}

/** Rates of each process for itself, by pid; the kernel's I/O counters include children waited for. */
export function processRates(processes: readonly ProcessRaw[], span: RateSpan): ReadonlyMap<number, Rates> {
  const rates = new Map<number, Rates>();
  processes.forEach((process) => {
    const spent = spentBy(process, span);
    if (spent !== null)
      rates.set(process.pid, ratesOf(spent.ownTicks, spent.readBytes, spent.writeBytes, span));
  });
  return rates;
}

/**
 * Rates of a group whose members come and go. When a child ends, the parent that waits for it takes over
 * all it ever used: what was already counted for it in `before` (the group then) is taken off again, but
 * never more than what came that way, since nobody may have waited. Null for a group of strangers.
 */
export function groupRates(
  now: readonly ProcessRaw[],
  before: readonly ProcessRaw[],
  span: RateSpan,
): Rates | null {
  let own = 0;
  let waitedFor = 0;
  let readBytes: number | null = null;
  let writeBytes: number | null = null;
  let known = false;
  const living = new Map<number, number>();
  for (let i = 0; i < now.length; i += 1) {
    const process = now[i] as ProcessRaw;
    living.set(process.pid, process.startTime);
    const spent = spentBy(process, span);
    if (spent === null) continue;
    known = true;
    own += spent.ownTicks;
    waitedFor += spent.childTicks;
    if (spent.readBytes !== null) readBytes = (readBytes ?? 0) + spent.readBytes;
    if (spent.writeBytes !== null) writeBytes = (writeBytes ?? 0) + spent.writeBytes;
  }
  if (!known) return null;
  const ended = before.filter((process) => living.get(process.pid) !== process.startTime);
  const parents = new Map(ended.map(({ pid, ppid }) => [pid, ppid]));
  for (const process of ended) {
    if (!living.has(reaperOf(process, parents))) continue;
    waitedFor -= ownTicks(process) + childTicks(process);
    if (readBytes !== null) readBytes -= process.readBytes ?? 0;
    if (writeBytes !== null) writeBytes -= process.writeBytes ?? 0;
  }
  return ratesOf(own + Math.max(0, waitedFor), atLeast0(readBytes), atLeast0(writeBytes), span);
}

/** Who waited for a process, or for the parent that did: the next one above that has not ended itself. */
function reaperOf({ ppid }: ProcessRaw, ended: ReadonlyMap<number, number>): number {
  let reaper = ppid;
  for (let height = 0; height < ended.size && ended.has(reaper); height += 1)
    reaper = ended.get(reaper) as number;
  return reaper;
}

function ratesOf(ticks: number, readBytes: number | null, writeBytes: number | null, span: RateSpan): Rates {
  if (ticks === 0 && readBytes === 0 && writeBytes === 0) return idle;
  if (ticks === 0 && readBytes === null && writeBytes === null) return idleAsKnown;
  const { seconds, ticksPerSec } = span;
  return {
    cpuPercent: (100 * ticks) / ticksPerSec / seconds,
    readBytesPerSec: readBytes === null ? null : readBytes / seconds,
    writeBytesPerSec: writeBytes === null ? null : writeBytes / seconds,
  };
}

function atLeast0(value: number | null): number | null {
  return value === null ? null : Math.max(0, value);
}

function ownTicks({ userTicks, systemTicks }: ProcessRaw): number {
  return userTicks + systemTicks;
}

function childTicks({ childUserTicks, childSystemTicks }: ProcessRaw): number {
  return childUserTicks + childSystemTicks;
}
