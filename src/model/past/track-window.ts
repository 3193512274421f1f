/** Which part of a Track a chart shows, and what each of its columns says: the highest value in its time. */

import type { TimeSpan } from '../../base/time-span.ts';
import { type TrackPoint, unnamed } from './track.ts';
import { ringPoints, type Track } from './track-rings.ts';

export type TrackRangeId = '5min' | '1h' | '24h';

export interface TrackRange {
  readonly id: TrackRangeId;
  readonly title: string;
  readonly rangeMs: number;
}

/** Shortest first; each has a ring of its own in the Track. */
export const trackRanges: readonly TrackRange[] = [
  { id: '5min', title: '5 min', rangeMs: 300_000 },
  { id: '1h', title: '1 h', rangeMs: 3_600_000 },
  { id: '24h', title: '24 h', rangeMs: 86_400_000 },
];

/** Columns of equal length, side by side. */
export interface TrackWindow {
  /** Unix ms at which the first column begins. */
  readonly startMs: number;
  readonly columnMs: number;
  readonly columns: number;
}

/** Lengths of a column that one can say in words. */
const roundSec = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30, 40, 60, 90, 120, 180, 240, 300, 420, 600, 900, 1200, 1800, 2700,
  3600, 5400, 7200,
];

/**
 * The newest columns up to `nowMs`, in a grid that does not depend on it: a column keeps its time and its
 * value while time goes on.
 */
export function trackWindow(range: TrackRangeId, nowMs: number, columns: number): TrackWindow {
  const { rangeMs } = rangeOf(range);
  const count = Math.max(1, columns);
  const seconds = roundSec.find((sec) => sec * 1000 * count >= rangeMs);
  const columnMs = seconds === undefined ? Math.ceil(rangeMs / count) : seconds * 1000;
  const endMs = Math.ceil(nowMs / columnMs) * columnMs;
  return { startMs: endMs - count * columnMs, columnMs, columns: count };
}

/** Two columns for each. */
export function halved({ startMs, columnMs, columns }: TrackWindow): TrackWindow {
  return { startMs, columnMs: columnMs / 2, columns: columns * 2 };
}

function rangeOf(id: TrackRangeId): TrackRange {
  return trackRanges.find((range) => range.id === id) ?? (trackRanges[0] as TrackRange);
}

/** The column in which a time lies; the nearest one outside. */
export function columnAt({ startMs, columnMs, columns }: TrackWindow, timeMs: number): number {
  return Math.min(columns - 1, Math.max(0, Math.ceil((timeMs - startMs) / columnMs) - 1));
}

/** Where a time stands; null without one, and outside: what has left the window is not at its edge. */
export function columnWithin(window: TrackWindow, timeMs: number | null): number | null {
  const { startMs, columnMs, columns } = window;
  if (timeMs === null || timeMs <= startMs || timeMs > startMs + columns * columnMs) return null;
  return columnAt(window, timeMs);
}

/** Unix ms at which a column begins and ends. */
export function columnTimes(window: TrackWindow, column: number): TimeSpan {
  const fromMs = window.startMs + column * window.columnMs;
  return { fromMs, toMs: fromMs + window.columnMs };
}

/** What the columns of a window are made of. */
export interface Seen {
  readonly points: readonly TrackPoint[];
  /** From when on each point speaks, Unix ms: since the point before it, unless there is a gap. */
  readonly sinceMs: readonly number[];
}

export function seenIn(track: Track, range: TrackRangeId, window: TrackWindow): Seen {
  const index = trackRanges.findIndex(({ id }) => id === range);
  const ring = track.rings[index];
  const all = ring === undefined ? [] : ringPoints(ring);
  const endMs = window.startMs + window.columns * window.columnMs;
  const since = speaksSince(all);
  const from = all.findIndex(({ toMs }) => toMs > window.startMs);
  if (from < 0) return { points: [], sinceMs: [] };
  const later = all.findIndex(({ fromMs }) => fromMs > endMs);
  const to = later < 0 ? all.length : later;
  return { points: all.slice(from, to), sinceMs: since.slice(from, to) };
}

/** Samples further apart than this may be a gap. */
const gapMs = 5000;
/** So many times as far apart as samples are around it. */
const gapFactor = 3;
const around = 5;

/**
 * A gap is much longer than what lies between the samples around it, so that a slow interval is none and a
 * suspend is one.
 */
function speaksSince(points: readonly TrackPoint[]): readonly number[] {
  const apart = points.map(({ fromMs }, index) => fromMs - (points[index - 1]?.toMs ?? fromMs));
  return points.map(({ fromMs }, index) => {
    const distance = apart[index] ?? 0;
    if (distance <= gapMs) return fromMs - distance;
    const near = [
      ...apart.slice(Math.max(1, index - around), index),
      ...apart.slice(index + 1, index + 1 + around),
    ];
    const usual = Math.min(...near);
    return distance > gapFactor * usual || near.length === 0 ? fromMs : fromMs - distance;
  });
}

/** The highest value of each column; NaN where it is not known, which is never 0. */
export function columnsOf(
  { points, sinceMs }: Seen,
  window: TrackWindow,
  read: (point: TrackPoint) => number | null | undefined,
): number[] {
  const { startMs, columnMs, columns } = window;
  const values = new Array<number>(columns).fill(Number.NaN);
  for (const [index, point] of points.entries()) {
    const value = read(point);
    if (value === null || value === undefined || Number.isNaN(value)) continue;
    const last = Math.ceil((point.toMs - startMs) / columnMs) - 1;
    const first = Math.min(last, Math.floor(((sinceMs[index] ?? point.fromMs) - startMs) / columnMs));
    for (let column = Math.max(0, first); column <= Math.min(columns - 1, last); column += 1) {
      const before = values[column] as number;
      if (!(before >= value)) values[column] = value;
    }
  }
  return values;
}

/** There are samples of that time. */
export function isSeen(seen: Seen, window: TrackWindow, column: number): boolean {
  return !Number.isNaN(columnsOf(seen, window, () => 1)[column]);
}

/** Memory of the build of that name; absent where it did not run. */
export function readBuild(name: string): (point: TrackPoint) => number | undefined {
  return ({ builds }) => builds.find((build) => build.name === name)?.residentBytes;
}

/** Names of the builds that were heaviest in the window, the heaviest first, those without a name last. */
export function heaviestNames({ points }: Seen, count: number): readonly string[] {
  const most = new Map<string, number>();
  for (const { builds } of points) {
    for (const { name, residentBytes } of builds)
      most.set(name, Math.max(most.get(name) ?? 0, residentBytes));
  }
  return [...most]
    .toSorted(
      (a, b) => Number(a[0] === unnamed) - Number(b[0] === unnamed) || b[1] - a[1] || (a[0] < b[0] ? -1 : 1),
    )
    .slice(0, count)
    .map(([name]) => name);
}
