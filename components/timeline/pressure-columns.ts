/** A recording's pressure in the columns of a row: what was recorded in proportion, each long gap as one column. */

import type { TimeSpan } from '../../src/base/time-span.ts';
import type { Level } from '../../src/model/model.ts';
import { pressureOfPoint } from '../../src/model/past/replay.ts';
import type { TrackPoint } from '../../src/model/past/track.ts';

export interface PressureColumn extends TimeSpan {
  /** Highest pressure of memory or I/O; null where it is not known. */
  readonly percent: number | null;
  readonly level: Level;
  /** Nothing was recorded. */
  readonly gap: boolean;
}

interface Stretch extends TimeSpan {
  readonly points: readonly TrackPoint[];
}

/** Between two samples there is always some time. */
const leastGapMs = 30_000;

export function pressureColumns(points: readonly TrackPoint[], width: number): readonly PressureColumn[] {
  const stretches = stretchesOf(points, Math.max(0, Math.floor(width / 6)));
  if (stretches.length === 0 || width <= 0) return [];
  const columns: PressureColumn[] = [];
  for (const [index, stretch] of stretches.entries()) {
    const before = stretches[index - 1];
    if (before !== undefined) {
      columns.push({ fromMs: before.toMs, toMs: stretch.fromMs, percent: null, level: 'ok', gap: true });
    }
    columns.push(...columnsOf(stretch, shareOf(stretches, index, width)));
  }
  return columns;
}

/** Index of the column in which a time lies. */
export function columnAt(columns: readonly PressureColumn[], timeMs: number): number {
  const index = columns.findIndex(({ toMs }) => timeMs < toMs);
  return index < 0 ? columns.length - 1 : index;
}

/** Parted at the longest gaps, at most `mostGaps`. */
function stretchesOf(points: readonly TrackPoint[], mostGaps: number): readonly Stretch[] {
  const ordered = points.toSorted((a, b) => a.fromMs - b.fromMs);
  const gaps: { readonly index: number; readonly ms: number }[] = [];
  let toMs = Number.NEGATIVE_INFINITY;
  for (const [index, point] of ordered.entries()) {
    const ms = point.fromMs - toMs;
    if (index > 0 && ms > leastGapMs) gaps.push({ index, ms });
    toMs = Math.max(toMs, point.toMs);
  }
  const cuts = gaps
    .toSorted((a, b) => b.ms - a.ms)
    .slice(0, mostGaps)
    .map(({ index }) => index)
    .sort((a, b) => a - b);
  return [0, ...cuts].flatMap((from, index) => {
    const part = ordered.slice(from, cuts[index] ?? ordered.length);
    const [first] = part;
    if (first === undefined) return [];
    // A file may have more points than a call takes arguments.
    const toMs = part.reduce((latest, point) => Math.max(latest, point.toMs), first.toMs);
    return { fromMs: first.fromMs, toMs, points: part };
  });
}

/** Columns of one stretch; all of them together and the gaps fill the width. */
function shareOf(stretches: readonly Stretch[], index: number, width: number): number {
  const free = width - (stretches.length - 1) - stretches.length;
  const lengthOf = (count: number) =>
    stretches.slice(0, count).reduce((sum, { fromMs, toMs }) => sum + toMs - fromMs, 0);
  const all = lengthOf(stretches.length);
  const until = (count: number) =>
    all === 0 ? Math.floor((free * count) / stretches.length) : Math.round((free * lengthOf(count)) / all);
  return 1 + until(index + 1) - until(index);
}

function columnsOf({ fromMs, toMs, points }: Stretch, count: number): PressureColumn[] {
  const columnMs = Math.max(1, toMs - fromMs) / count;
  const columns = Array.from({ length: count }, (_, index): PressureColumn => {
    const start = fromMs + index * columnMs;
    return { fromMs: start, toMs: start + columnMs, percent: null, level: 'ok', gap: true };
  });
  for (const point of points) {
    const { percent, level } = pressureOfPoint(point);
    const first = Math.floor((point.fromMs - fromMs) / columnMs);
    const last = Math.min(count - 1, Math.floor((point.toMs - fromMs) / columnMs));
    for (let index = Math.min(first, last); index <= last; index += 1) {
      const column = columns[index];
      if (column !== undefined) columns[index] = higher(column, percent, level);
    }
  }
  return columns;
}

function higher(column: PressureColumn, percent: number | null, level: Level): PressureColumn {
  const worse = level === 'critical' || (level === 'warning' && column.level === 'ok');
  return {
    ...column,
    gap: false,
    percent: percent === null ? column.percent : Math.max(column.percent ?? 0, percent),
    level: worse ? level : column.level,
  };
}
