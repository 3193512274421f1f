/**
 * What charts and the time line are drawn from: the highest values between two moments, however long the
 * time between them, so that a spike of one sample stays at every zoom.
 */
import type { Disk, Model } from '../model.ts';
import type { Part } from '../source-table.ts';

/** Percent 0-100, ms, or bytes, as the name says. */
export type SeriesId =
  | 'memorySomePercent'
  | 'memoryFullPercent'
  | 'ioSomePercent'
  | 'ioFullPercent'
  | 'cpuSomePercent'
  | 'memoryUsedBytes'
  | 'memoryTotalBytes'
  | 'swapUsedBytes'
  | 'swapTotalBytes'
  /** The worst disk’s await of reads and writes, in a stall how long it lasts; and its util. */
  | 'diskAwaitMs'
  | 'diskUtilPercent'
  | 'nixResidentBytes';

/** A build's memory by name; builds of one name are one. */
export interface TrackBuild {
  readonly name: string;
  readonly residentBytes: number;
}

export interface TrackPoint {
  /** Unix ms of the first and of the last sample in it. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Highest value of each series; absent = unknown. */
  readonly max: Readonly<Partial<Record<SeriesId, number>>>;
  /** Heaviest first, at most `mostTrackBuilds`. */
  readonly builds: readonly TrackBuild[];
}

const mostTrackBuilds = 8;
/** Builds whose name is not known, most often because they have just begun. */
export const unnamed = 'not named';

/** Which reading a series comes from. */
const parts: Readonly<Record<SeriesId, Part>> = {
  memorySomePercent: 'pressure',
  memoryFullPercent: 'pressure',
  ioSomePercent: 'pressure',
  ioFullPercent: 'pressure',
  cpuSomePercent: 'pressure',
  memoryUsedBytes: 'memory',
  memoryTotalBytes: 'memory',
  swapUsedBytes: 'memory',
  swapTotalBytes: 'memory',
  diskAwaitMs: 'disks',
  diskUtilPercent: 'disks',
  nixResidentBytes: 'forest',
};

/** A Model keeps what was read last: older than this, and than so many intervals, it is not known any more. */
const staleMs = 5000;
const staleIntervals = 6;

/** What was measured last, of each kind of pressure. */
export function pressureSeries({ memory, io, cpu }: Model['pressure']) {
  return {
    memorySomePercent: memory.some?.tickPercent,
    memoryFullPercent: memory.full?.tickPercent,
    ioSomePercent: io.some?.tickPercent,
    ioFullPercent: io.full?.tickPercent,
    cpuSomePercent: cpu.some?.tickPercent,
  } as const satisfies SeriesValues;
}

type SeriesValues = Readonly<Partial<Record<SeriesId, number | null | undefined>>>;

/** Without the unknown. */
export function knownSeries(values: SeriesValues, isKnown = (_: SeriesId) => true): TrackPoint['max'] {
  const max: Partial<Record<SeriesId, number>> = {};
  for (const [id, value] of Object.entries(values)) {
    if (value != null && isKnown(id as SeriesId)) max[id as SeriesId] = value;
  }
  return max;
}

export function trackPointOf(model: Model): TrackPoint {
  const { pressure, memory, disks, totals, timeMs } = model;
  const oldestMs = model.monotonicMs - Math.max(staleMs, staleIntervals * 1000 * (model.intervalSec ?? 0));
  const isStale = (part: Part) => (model.readAtMs[part] ?? oldestMs) < oldestMs;
  const values: Readonly<Record<SeriesId, number | null | undefined>> = {
    ...pressureSeries(pressure),
    memoryUsedBytes: memory.usedBytes,
    memoryTotalBytes: memory.totalBytes,
    swapUsedBytes: memory.swapUsedBytes,
    swapTotalBytes: memory.swapTotalBytes,
    diskAwaitMs: highest(disks.flatMap(awaitsOf)),
    diskUtilPercent: highest(disks.map((disk) => disk.utilPercent)),
    nixResidentBytes: totals.residentBytes,
  };
  const max = knownSeries(values, (id) => !isStale(parts[id]));
  const builds = (isStale('forest') ? [] : model.builds).flatMap(({ name, residentBytes }) =>
    residentBytes === null ? [] : [{ name: name ?? unnamed, residentBytes }],
  );
  return { fromMs: timeMs, toMs: timeMs, max, builds: heaviest(sumByName(builds)) };
}

/** Neighbouring points as one; null of none. */
export function mergeTrackPoints(points: readonly TrackPoint[]): TrackPoint | null {
  const [first] = points;
  if (first === undefined) return null;
  let { fromMs, toMs } = first;
  const max: Partial<Record<SeriesId, number>> = { ...first.max };
  const builds = new Map<string, number>();
  for (const point of points) {
    fromMs = Math.min(fromMs, point.fromMs);
    toMs = Math.max(toMs, point.toMs);
    // At every tick, for each ring: without a list of pairs.
    let id: SeriesId;
    for (id in point.max) max[id] = Math.max(max[id] ?? Number.NEGATIVE_INFINITY, point.max[id] as number);
    for (const { name, residentBytes } of point.builds) {
      builds.set(name, Math.max(builds.get(name) ?? 0, residentBytes));
    }
  }
  const all = Array.from(builds, ([name, residentBytes]) => ({ name, residentBytes }));
  return { fromMs, toMs, max, builds: heaviest(all) };
}

/** A stalled disk has finished nothing to be measured by: what waits in it has waited at least so long. */
function awaitsOf({ readAwaitMs, writeAwaitMs, stalledSec }: Disk): (number | null)[] {
  return [readAwaitMs, writeAwaitMs, stalledSec === null ? null : stalledSec * 1000];
}

function highest(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function sumByName(builds: readonly TrackBuild[]): TrackBuild[] {
  const sums = new Map<string, number>();
  for (const { name, residentBytes } of builds) sums.set(name, (sums.get(name) ?? 0) + residentBytes);
  return Array.from(sums, ([name, residentBytes]) => ({ name, residentBytes }));
}

function heaviest(builds: readonly TrackBuild[]): readonly TrackBuild[] {
  return builds.toSorted((a, b) => b.residentBytes - a.residentBytes).slice(0, mostTrackBuilds);
}
