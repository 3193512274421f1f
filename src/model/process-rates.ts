/** CPU and I/O rates of processes and groups between two readings of the forest. */
import { type IdentityKey, identityKey } from './identity.ts';
import type { ForestRaw, ProcessRaw } from './sample.ts';

export interface Rates {
  /** Of one CPU. */
  readonly cpuPercent: number | null;
  readonly readBytesPerSec: number | null;
  readonly writeBytesPerSec: number | null;
}
export const unknownRates: Rates = { cpuPercent: null, readBytesPerSec: null, writeBytesPerSec: null };

/** Counters of a group that go on when a child ends: the parent that waited for it takes its share over. */
export interface Totals {
  readonly ticks: number;
  readonly readBytes: number | null;
  readonly writeBytes: number | null;
}

export function totalsOf(processes: readonly ProcessRaw[]): Totals {
  let ticks = 0;
  let readBytes: number | null = null;
  let writeBytes: number | null = null;
  for (const process of processes) {
    ticks += process.userTicks + process.systemTicks + process.childUserTicks + process.childSystemTicks;
    if (process.readBytes !== null) readBytes = (readBytes ?? 0) + process.readBytes;
    if (process.writeBytes !== null) writeBytes = (writeBytes ?? 0) + process.writeBytes;
  }
  return { ticks, readBytes, writeBytes };
}

/** A group's rates; shrinking totals (a process left with its counters) count as nothing, not as negative. */
export function groupRates(now: Totals, before: Totals, seconds: number, ticksPerSec: number): Rates {
  if (!(seconds > 0)) return unknownRates;
  const perSec = (a: number | null, b: number | null): number | null =>
    a === null || b === null ? null : Math.max(0, a - b) / seconds;
  return {
    cpuPercent: (100 * Math.max(0, now.ticks - before.ticks)) / ticksPerSec / seconds,
    readBytesPerSec: perSec(now.readBytes, before.readBytes),
    writeBytesPerSec: perSec(now.writeBytes, before.writeBytes),
  };
}

/** Rates of each process for itself (waited-for children not counted); a new one has none yet. */
export function processRates(now: ForestRaw, before: ForestRaw | null): ReadonlyMap<IdentityKey, Rates> {
  const rates = new Map<IdentityKey, Rates>();
  if (before === null) return rates;
  const seconds = (now.treeAtMs - before.treeAtMs) / 1000;
  const known = new Map(before.processes.map((process) => [identityKey(process), process]));
  for (const process of now.processes) {
    const key = identityKey(process);
    const earlier = known.get(key);
    if (earlier !== undefined) {
      rates.set(key, groupRates(ownTotals(process), ownTotals(earlier), seconds, now.ticksPerSec));
    }
  }
  return rates;
}

function ownTotals(process: ProcessRaw): Totals {
  const { userTicks, systemTicks, readBytes, writeBytes } = process;
  return { ticks: userTicks + systemTicks, readBytes, writeBytes };
}
