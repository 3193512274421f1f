/** Charts as text: what was short over the time of the incident, a row each with its scale, and when somebody acted. */
import { bytesText } from '../../base/bytes.ts';
import { lengthText } from '../../base/duration.ts';
import { formatMs } from '../../base/number.ts';
import type { Incident } from '../../model/incident/incident.ts';
import type { SeriesId, TrackPoint } from '../../model/past/track.ts';
import { sparkline } from '../chart.ts';
import type { Page } from './markdown.ts';
import { utcClock } from './times.ts';

interface Row {
  readonly title: string;
  readonly series: SeriesId;
  /** Of a full column; a series: its highest value; `peak`: the highest there was. */
  readonly top: number | SeriesId | 'peak';
  readonly text: (value: number) => string;
  /** What never was more is not drawn. */
  readonly least: number;
}

const percent = (value: number) => `${Math.round(value)}%`;

const rows: readonly Row[] = [
  { title: 'memory some', series: 'memorySomePercent', top: 100, text: percent, least: 5 },
  { title: 'memory full', series: 'memoryFullPercent', top: 100, text: percent, least: 5 },
  { title: 'io full', series: 'ioFullPercent', top: 100, text: percent, least: 5 },
  { title: 'cpu some', series: 'cpuSomePercent', top: 100, text: percent, least: 5 },
  { title: 'memory used', series: 'memoryUsedBytes', top: 'memoryTotalBytes', text: bytesText, least: 1 },
  { title: 'swap used', series: 'swapUsedBytes', top: 'swapTotalBytes', text: bytesText, least: 1 },
  { title: 'held by Nix', series: 'nixResidentBytes', top: 'memoryTotalBytes', text: bytesText, least: 1 },
  {
    title: 'disk await',
    series: 'diskAwaitMs',
    top: 'peak',
    text: (value) => `${formatMs(value)} ms`,
    least: 10,
  },
];

const titleWidth = 12;

/** Empty where nothing was measured. */
export function chartLines({ columns, timeline }: Incident, { unicode }: Page): readonly string[] {
  const [first, last] = [columns[0], columns.at(-1)];
  if (first === undefined || last === undefined || columns.length < 2) return [];
  const drawn = rows.flatMap((row) => chartRow(row, columns, unicode));
  if (drawn.length === 0) return [];
  const actions = timeline
    .filter(
      ({ what }) =>
        what.kind === 'action' ||
        (what.kind === 'event' && what.event.kind === 'guard' && !what.event.dryRun),
    )
    .map(({ timeMs }) => timeMs);
  const marks = columns
    .map(({ fromMs, toMs }) => (actions.some((ms) => ms >= fromMs && ms < toMs) ? '^' : ' '))
    .join('');
  const ends = [utcClock(first.fromMs), utcClock(last.toMs)] as const;
  const gap = Math.max(1, columns.length - ends[0].length - ends[1].length);
  return [
    ...drawn,
    ...(actions.length === 0 ? [] : [`${'acted'.padEnd(titleWidth)} ${marks}`.trimEnd()]),
    `${' '.repeat(titleWidth)} ${ends[0]}${' '.repeat(gap)}${ends[1]}  UTC, a column is ${lengthText(first.toMs - first.fromMs)}`,
  ];
}

function chartRow(
  { title, series, top, text, least }: Row,
  columns: readonly TrackPoint[],
  unicode: boolean,
): string[] {
  const values = columns.map(({ max }) => max[series] ?? Number.NaN);
  const at = indexOfPeak(values);
  const peak = values[at];
  if (peak === undefined || !(peak >= least)) return [];
  const full = top === 'peak' ? peak : typeof top === 'number' ? top : highest(columns, top);
  if (full === null || !(full > 0)) return [];
  const line = sparkline(values, columns.length, full, unicode);
  const when = utcClock(columns[at]?.fromMs ?? Number.NaN);
  const scale =
    full === peak && top === 'peak' ? `0 to ${text(full)}` : `0 to ${text(full)}, at most ${text(peak)}`;
  return [`${title.padEnd(titleWidth)} ${line}  ${scale} (${when})`];
}

function indexOfPeak(values: readonly number[]): number {
  return values.reduce((best, value, at) => {
    const before = values[best];
    return value >= 0 && (before === undefined || !(before >= value)) ? at : best;
  }, 0);
}

function highest(columns: readonly TrackPoint[], series: SeriesId): number | null {
  const known = columns.flatMap(({ max }) => max[series] ?? []);
  return known.length === 0 ? null : Math.max(...known);
}
