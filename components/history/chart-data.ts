/** The charts: which series each of them has, in which unit, up to which value, and why one is empty. */
import { formatBytes } from '../../src/base/bytes.ts';
import { formatMs, formatPercent } from '../../src/base/number.ts';
import type { Tone } from '../../src/format/paint.ts';
import { pressureProblem } from '../../src/format/words.ts';
import type { Model } from '../../src/model/model.ts';
import type { SeriesId, TrackPoint } from '../../src/model/past/track.ts';
import {
  columnsOf,
  halved,
  heaviestNames,
  readBuild,
  type Seen,
  type TrackWindow,
} from '../../src/model/past/track-window.ts';
import type { LineChartId } from '../../src/model/ui/chart-grid.ts';

export type ChartUnit = 'percent' | 'ms' | 'bytes';

export interface ChartSeries {
  /** Marks its line where colours cannot. */
  readonly letter: string;
  readonly name: string;
  readonly tone: Tone;
  /** Highest value of each column; NaN = not known. */
  readonly columns: readonly number[];
  /** The same of each half of a column. */
  readonly halves: readonly number[];
}

export interface ChartData {
  readonly title: string;
  readonly unit: ChartUnit;
  /** Top of the scale. */
  readonly top: number;
  /** In the order in which the title names them. */
  readonly series: readonly ChartSeries[];
  /** As they are drawn: the later ones over the earlier ones. */
  readonly drawn: readonly ChartSeries[];
  /** Why there is nothing to draw; null where there is something. */
  readonly empty: string | null;
}

interface Line {
  readonly id: SeriesId;
  readonly letter: string;
  readonly name: string;
  readonly tone: Tone;
}

interface Chart {
  readonly title: string;
  readonly unit: ChartUnit;
  readonly lines: readonly Line[];
  readonly why: (model: Model) => string | null;
}

const some = (id: SeriesId): Line => ({ id, letter: 's', name: 'some', tone: 'warning' });
const full = (id: SeriesId): Line => ({ id, letter: 'f', name: 'full', tone: 'danger' });
const noPressure = (resource: 'memory' | 'io' | 'cpu') => (model: Model) => {
  const { problem } = model.pressure[resource];
  return problem === null ? null : pressureProblem(problem);
};
const noDisk = (model: Model) => (model.disks.length === 0 ? 'no disk seen' : null);

const charts: Readonly<Record<Exclude<LineChartId, 'builds'>, Chart>> = {
  'memory-pressure': {
    title: 'MEMORY PRESSURE',
    unit: 'percent',
    lines: [some('memorySomePercent'), full('memoryFullPercent')],
    why: noPressure('memory'),
  },
  'io-pressure': {
    title: 'IO PRESSURE',
    unit: 'percent',
    lines: [some('ioSomePercent'), full('ioFullPercent')],
    why: noPressure('io'),
  },
  'cpu-pressure': {
    title: 'CPU PRESSURE',
    unit: 'percent',
    lines: [some('cpuSomePercent')],
    why: noPressure('cpu'),
  },
  memory: {
    title: 'MEMORY',
    unit: 'bytes',
    lines: [
      { id: 'memoryUsedBytes', letter: 'u', name: 'used', tone: 'accent' },
      { id: 'swapUsedBytes', letter: 'w', name: 'swap', tone: 'warning' },
    ],
    why: () => null,
  },
  await: {
    title: 'DISK AWAIT, worst',
    unit: 'ms',
    lines: [{ id: 'diskAwaitMs', letter: 'a', name: 'await', tone: 'accent' }],
    why: noDisk,
  },
  util: {
    title: 'DISK UTIL, worst',
    unit: 'percent',
    lines: [{ id: 'diskUtilPercent', letter: 'u', name: 'util', tone: 'accent' }],
    why: noDisk,
  },
};

export interface ChartFacts {
  readonly model: Model;
  readonly seen: Seen;
  readonly window: TrackWindow;
}

export function chartData(id: LineChartId, facts: ChartFacts): ChartData {
  if (id === 'builds') return buildsData(facts);
  const { title, unit, lines, why } = charts[id];
  const { model, seen, window } = facts;
  const series = lines.map(({ id: of, ...line }) => ({
    ...line,
    ...valuesOf(seen, window, ({ max }) => max[of]),
  }));
  const none = series.every(({ columns }) => columns.every(Number.isNaN));
  return {
    title,
    unit,
    top: topOf(id, unit, facts, series),
    series,
    drawn: series,
    empty: none ? (why(model) ?? nothingYet(seen)) : null,
  };
}

/** More than these cannot be told apart. */
const mostBuilds = 5;
const buildTones: readonly Tone[] = ['accent', 'ok', 'warning', 'title', 'muted'];

/** The builds that were heaviest in this time; the heaviest is drawn last. */
function buildsData(facts: ChartFacts): ChartData {
  const { seen, window } = facts;
  const names = heaviestNames(seen, mostBuilds);
  const series = names.map((name, index) => ({
    letter: 'abcde'[index] ?? '?',
    name,
    tone: buildTones[index] ?? 'muted',
    ...valuesOf(seen, window, readBuild(name)),
  }));
  const empty =
    names.length > 0 ? null : seen.points.length === 0 ? nothingYet(seen) : 'no build in this time';
  const top = topOf('builds', 'bytes', facts, series);
  const title = 'NIX RSS by build';
  return { title, unit: 'bytes', top, series, drawn: series.toReversed(), empty };
}

function nothingYet({ points }: Seen): string {
  return points.length === 0 ? 'no samples in this time' : 'not known in this time';
}

function valuesOf(
  seen: Seen,
  window: TrackWindow,
  read: (point: TrackPoint) => number | undefined,
): Pick<ChartSeries, 'columns' | 'halves'> {
  return { columns: columnsOf(seen, window, read), halves: columnsOf(seen, halved(window), read) };
}

/** Percent up to 100, memory up to what there is, the rest up to a round number above the highest value. */
function topOf(
  id: LineChartId,
  unit: ChartUnit,
  { seen, window }: ChartFacts,
  series: readonly Pick<ChartSeries, 'columns'>[],
): number {
  if (unit === 'percent') return 100;
  const values = series.flatMap(({ columns }) => columns.filter((value) => !Number.isNaN(value)));
  if (id === 'memory') {
    const totals = [
      columnsOf(seen, window, ({ max }) => max.memoryTotalBytes),
      columnsOf(seen, window, ({ max }) => max.swapTotalBytes),
    ].flat();
    values.push(...totals.filter((value) => !Number.isNaN(value)));
    return values.reduce((a, b) => Math.max(a, b), 1);
  }
  const highest = values.reduce((a, b) => Math.max(a, b), 0);
  return unit === 'ms' ? roundUp(highest, 10, 10) : roundUp(highest, 1024 ** 2, 1024);
}

const steps = [1, 1.5, 2, 3, 4, 5, 6, 8, 10, 16, 20, 32, 40, 64, 80, 128, 256, 512];

/** The next round number in powers of `base`, at least `least`. */
function roundUp(value: number, least: number, base: number): number {
  let unit = least;
  for (;;) {
    for (const step of steps) if (step < base && step * unit >= value) return step * unit;
    unit *= base;
    if (!Number.isFinite(unit)) return value;
  }
}

export function formatValue(value: number | undefined, unit: ChartUnit): string {
  if (unit === 'percent') return formatPercent(value);
  return unit === 'bytes' ? formatBytes(value) : formatMs(value);
}
