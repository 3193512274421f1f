/** Disks: the figures of iostat(1) -x from two rows of /proc/diskstats, and STALLED, which iostat lacks. */

import { perSecond } from '../../base/rate.ts';
import type { Disk } from '../model.ts';
import type { DiskRaw } from '../sample.ts';

/** Of one device, what the counters say; names and what it carries are added by annotateDisks. */
export type DiskRates = Omit<Disk, 'title' | 'model' | 'carries' | 'slaves'>;

export interface DisksCarry {
  readonly atMs: number;
  readonly raw: ReadonlyMap<string, DiskRaw>;
  readonly rates: readonly DiskRates[];
}

const sectorBytes = 512;
/** More busy time than time: the ms counters were not wrapped but reset. */
const busySlackMs = 5000;

const unknown = {
  readsPerSec: null,
  writesPerSec: null,
  readBytesPerSec: null,
  writeBytesPerSec: null,
  readAwaitMs: null,
  writeAwaitMs: null,
  flushAwaitMs: null,
  queueSize: null,
  utilPercent: null,
} as const;

export function deriveDisks(raws: readonly DiskRaw[], atMs: number, before: DisksCarry | null): DisksCarry {
  const elapsedMs = before === null ? null : atMs - before.atMs;
  const stalls = new Map(before?.rates.map((rates) => [rates.device, rates.stalledSec]));
  const raw = new Map(raws.map((row) => [row.device, row]));
  const rates = raws.map((now): DiskRates => {
    const then = before?.raw.get(now.device);
    if (then === undefined || elapsedMs === null || elapsedMs <= 0 || !sameCounters(now, then, elapsedMs)) {
      return { device: now.device, ...unknown, inFlight: now.inFlight, stalledSec: null };
    }
    return ratesOf(now, then, elapsedMs, stalls.get(now.device) ?? null);
  });
  return { atMs, raw, rates };
}

/** False when the counters do not go on from where they were: the device was replaced under its name. */
function sameCounters(now: DiskRaw, then: DiskRaw, elapsedMs: number): boolean {
  if (now.major !== then.major || now.minor !== then.minor) return false;
  if (now.readsDone < then.readsDone || now.writesDone < then.writesDone) return false;
  if (now.readSectors < then.readSectors || now.writeSectors < then.writeSectors) return false;
  const busyMs = wrapped(now.busyMs, then.busyMs);
  return busyMs === null || busyMs <= elapsedMs + busySlackMs;
}

function ratesOf(now: DiskRaw, then: DiskRaw, elapsedMs: number, stalledBefore: number | null): DiskRates {
  const reads = now.readsDone - then.readsDone;
  const writes = now.writesDone - then.writesDone;
  const discards = difference(now.discardsDone, then.discardsDone) ?? 0;
  const flushes = difference(now.flushesDone, then.flushesDone);
  const busyMs = wrapped(now.busyMs, then.busyMs);
  const weightedMs = wrapped(now.weightedMs, then.weightedMs);
  const finished = reads + writes + discards + (flushes ?? 0);
  return {
    device: now.device,
    readsPerSec: (reads * 1000) / elapsedMs,
    writesPerSec: (writes * 1000) / elapsedMs,
    readBytesPerSec: scaled(perSecond(now.readSectors, then.readSectors, elapsedMs)),
    writeBytesPerSec: scaled(perSecond(now.writeSectors, then.writeSectors, elapsedMs)),
    readAwaitMs: mean(wrapped(now.readMs, then.readMs), reads),
    writeAwaitMs: mean(wrapped(now.writeMs, then.writeMs), writes),
    flushAwaitMs: mean(wrapped(now.flushMs, then.flushMs), flushes),
    queueSize: weightedMs === null ? null : weightedMs / elapsedMs,
    utilPercent: busyMs === null ? null : Math.min(100, (100 * busyMs) / elapsedMs),
    inFlight: now.inFlight,
    stalledSec: stalled(now, then, finished, busyMs, elapsedMs, stalledBefore),
  };
}

/** await counts finished requests only: without one, a queue that waits is a stall and no 0.0 ms. */
function stalled(
  now: DiskRaw,
  then: DiskRaw,
  finished: number,
  busyMs: number | null,
  elapsedMs: number,
  before: number | null,
): number | null {
  if (!now.inFlight || finished > 0) return null;
  // A queue that was empty at the last reading has waited no longer than the device was busy since.
  const waitedMs = then.inFlight ? elapsedMs : Math.min(elapsedMs, busyMs ?? 0);
  const seconds = (before ?? 0) + waitedMs / 1000;
  return seconds > 0 ? seconds : null;
}

/** The millisecond fields are printed as u32 and wrap after 49.7 days (iostats.rst). */
function wrapped(now: number | null, then: number | null): number | null {
  return now === null || then === null ? null : (now - then) >>> 0;
}

function difference(now: number | null, then: number | null): number | null {
  return now === null || then === null || now < then ? null : now - then;
}

function mean(totalMs: number | null, count: number | null): number | null {
  return totalMs === null || count === null || count === 0 ? null : totalMs / count;
}

function scaled(sectorsPerSec: number | null): number | null {
  return sectorsPerSec === null ? null : sectorsPerSec * sectorBytes;
}
