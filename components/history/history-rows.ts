/** The page of the History view: what is shown, the charts side by side, the clock below them. */

import { clockText, dayText, minuteText } from '../../src/base/clock-time.ts';
import { lengthText } from '../../src/base/duration.ts';
import { composeRow, fitSegments, type Segment, segment, span } from '../../src/format/row.ts';
import type { Model } from '../../src/model/model.ts';
import type { ChartWidgets } from '../../src/model/past/chart-widgets.ts';
import type { Track } from '../../src/model/past/track-rings.ts';
import {
  columnTimes,
  columnWithin,
  isSeen,
  seenIn,
  type TrackRangeId,
  type TrackWindow,
  trackRanges,
  trackWindow,
} from '../../src/model/past/track-window.ts';
import type { ChartGrid, ChartId, LineChartId } from '../../src/model/ui/chart-grid.ts';
import type { Theme } from '../theme.ts';
import { axisRow } from './axis-row.ts';
import { barRows } from './bar-rows.ts';
import { boxedRow, type Size } from './boxed.ts';
import { type ChartData, type ChartFacts, chartData } from './chart-data.ts';
import { chartRows } from './chart-rows.ts';
import { plainRows } from './plain-rows.ts';
import { ringRows } from './ring-rows.ts';

export interface HistoryFacts {
  readonly model: Model;
  readonly track: Track;
  readonly range: TrackRangeId;
  /** False: a recording, whose newest moment is not now. */
  readonly live: boolean;
  /** Unix ms; null = the newest. */
  readonly cursorMs: number | null;
  readonly grid: ChartGrid;
}

/** The widgets, or in words why there are none yet. */
export type Drawing = ChartWidgets | string;

/** Exactly `rows` rows. */
export function historyRows(facts: HistoryFacts, drawing: Drawing, size: Size, theme: Theme): string[] {
  const { model, track, range, cursorMs, grid } = facts;
  const window = trackWindow(range, model.timeMs, grid.plotColumns);
  const cursor = columnWithin(window, cursorMs);
  const chartFacts = { model, seen: seenIn(track, range, window), window };
  const head = headRow(
    facts,
    chartFacts,
    cursor,
    typeof drawing === 'string' ? drawing : null,
    size.columns,
    theme,
  );
  const body =
    typeof drawing === 'string'
      ? plainRows(
          plainCharts(chartFacts, grid.line),
          cursor,
          { columns: size.columns, rows: size.rows - 1 },
          theme,
        )
      : chartLines(chartFacts, cursor, drawing, facts, theme);
  const rows = [head, ...body].slice(0, size.rows);
  return [...rows, ...new Array<string>(size.rows - rows.length).fill('')];
}

const plainOrder: readonly LineChartId[] = [
  'memory-pressure',
  'io-pressure',
  'cpu-pressure',
  'memory',
  'await',
  'util',
  'builds',
];

function plainCharts(facts: ChartFacts, line: number): ChartData[] {
  return plainOrder.slice(Math.min(line, plainOrder.length - 1)).map((id) => chartData(id, facts));
}

/** Which time, how long a column is, and what the cursor stands on. */
function headRow(
  facts: HistoryFacts,
  { seen, window }: ChartFacts,
  cursor: number | null,
  drawing: string | null,
  columns: number,
  theme: Theme,
): string {
  const { range, grid } = facts;
  const ranges = trackRanges.map(({ id, title }) =>
    id === range ? span(`[${title}]`, 'title') : span(` ${title} `, 'muted'),
  );
  const segments: Segment[] = [
    {
      rank: 0,
      spans: [span('HISTORY ', 'title'), ...ranges],
      short: [span('HISTORY ', 'title'), ...ranges.filter((_, index) => trackRanges[index]?.id === range)],
    },
    ...(drawing === null ? [] : [segment(0.5, drawing, 'warning', drawing.split(' (')[0])]),
    momentSegment(facts, window, cursor),
    segment(1, cursor === null || isSeen(seen, window, cursor) ? '' : 'no samples then', 'warning'),
    segment(3, `highest of ${lengthText(window.columnMs)}`, 'muted', `per ${lengthText(window.columnMs)}`),
    ...(grid.lastLine > 0 ? [segment(4, 'Up Down: more charts', 'muted')] : []),
  ];
  return composeRow(fitSegments(segments, columns, theme), columns, theme);
}

function momentSegment(facts: HistoryFacts, window: TrackWindow, cursor: number | null): Segment {
  const { model, live } = facts;
  if (cursor === null) return segment(1, live ? 'now' : `at ${clockText(model.timeMs)}`, 'accent');
  const { fromMs, toMs } = columnTimes(window, cursor);
  const clock = window.columnMs < 60_000 ? clockText : minuteText;
  const day = dayText(fromMs) === dayText(model.timeMs) ? '' : `${dayText(fromMs)} `;
  const ago = Math.max(0, model.timeMs - toMs);
  return {
    rank: 1,
    spans: [
      span(`${day}${clock(fromMs)}–${clock(toMs)}`, 'accent'),
      span(`, ${lengthText(ago)} ago`, 'muted'),
    ],
    // A day at most lies between: the clock alone says it, and a narrow terminal has no room for more.
    short: [span(clockText(fromMs), 'accent')],
  };
}

/** Of bars and rings side by side. */
const ringShare = 0.45;

/** Lines of charts side by side, then the clock. */
function chartLines(
  facts: ChartFacts,
  cursor: number | null,
  widgets: ChartWidgets,
  { grid, live, model }: HistoryFacts,
  theme: Theme,
): string[] {
  const { across, charts, heights, chartColumns, axisRows } = grid;
  const between = ' '.repeat(grid.betweenColumns);
  const builds = chartData('builds', facts);
  const column = cursor ?? facts.window.columns - 1;
  const atMs = cursor === null ? model.timeMs : columnTimes(facts.window, column).fromMs;
  const clock = cursor === null || facts.window.columnMs < 60_000 ? clockText : minuteText;
  const when = `at ${clock(atMs)}`;
  const moment = { column, when: cursor === null && live ? 'now' : when };
  const draw = (id: ChartId, rows: number): string[] => {
    const size = { columns: chartColumns, rows };
    if (id === 'bars') return barRows(builds, widgets, moment, size, theme);
    if (id === 'rings') return ringRows(facts, widgets, moment, size, theme);
    if (id === 'bars-and-rings') {
      const columns = Math.round(chartColumns * ringShare);
      const left = barRows(builds, widgets, moment, { columns: chartColumns - columns - 2, rows }, theme);
      const right = ringRows(facts, widgets, moment, { columns, rows }, theme);
      return left.map((row, index) => `${row}  ${right[index] ?? ''}`);
    }
    const data = id === 'builds' ? builds : chartData(id, facts);
    return chartRows(
      data,
      widgets,
      { ...size, plotColumns: grid.plotColumns, scaleColumns: grid.scaleColumns },
      cursor,
      theme,
    );
  };
  const lines: string[] = [];
  for (const [index, height] of heights.entries()) {
    const drawn = charts.slice(index * across, (index + 1) * across).map((id) => draw(id, height));
    for (let row = 0; row < height; row += 1) {
      lines.push(drawn.map((rows) => rows[row] ?? boxedRow([], chartColumns, theme)).join(between));
    }
  }
  if (axisRows > 0) {
    const axis = axisRow(
      facts.window,
      cursor,
      { columns: chartColumns, scaleColumns: grid.scaleColumns },
      theme,
    );
    lines.push(new Array<string>(across).fill(axis).join(between));
  }
  return lines;
}
