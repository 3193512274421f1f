/** One chart: what it shows with the values at the cursor, its scale, its plot. */

import { textColumns } from '../../src/base/text.ts';
import { composeRow, fitSegments, type Segment, type Span, span } from '../../src/format/row.ts';
import type { ChartWidgets } from '../../src/model/past/chart-widgets.ts';
import type { Theme } from '../theme.ts';
import { type ChartData, type ChartSeries, formatValue } from './chart-data.ts';
import { plotRows } from './plot.ts';

export interface ChartSize {
  readonly columns: number;
  readonly rows: number;
  readonly plotColumns: number;
  readonly scaleColumns: number;
}

/** Exactly so many rows, each as wide as the chart. */
export function chartRows(
  data: ChartData,
  widgets: ChartWidgets,
  size: ChartSize,
  cursor: number | null,
  theme: Theme,
): string[] {
  const { columns, rows, plotColumns, scaleColumns } = size;
  const title = titleRow(data, columns, cursor ?? plotColumns - 1, theme);
  const height = rows - 1;
  if (height <= 0) return [title].slice(0, rows);
  if (data.empty !== null) {
    const middle = Math.floor(height / 2);
    const blank = Array.from({ length: height }, (_, row) =>
      composeRow(
        [span(' '.repeat(scaleColumns)), span(row === middle ? (data.empty ?? '') : '', 'muted')],
        columns,
        theme,
      ),
    );
    return [title, ...blank.map((row) => padded(row, columns, theme))];
  }
  const plot = plotRows(data, widgets, { cells: plotColumns, rows: height }, cursor, theme);
  return [title, ...plot.map((row, index) => scaleLabel(data, index, height, scaleColumns, theme) + row)];
}

/** Always as wide, so that what stands to the right of it stays in its place. */
function padded(row: string, columns: number, theme: Theme): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no column.
  const width = textColumns(row.replace(/\u001b\[[\d;]*m/g, ''));
  return width >= columns
    ? row
    : row + composeRow([span(' '.repeat(columns - width))], columns - width, theme);
}

/** Its title, and each line by its letter, its name and its value in the cursor's column. */
function titleRow(data: ChartData, columns: number, column: number, theme: Theme): string {
  const legend = data.series.map((series, index): Segment => {
    const value = formatValue(series.columns[column], data.unit);
    return {
      rank: index + 1,
      spans: [...key(series, data), span(` ${value}${data.unit === 'ms' ? ' ms' : ''}`)],
      short: [span(series.letter, series.tone), span(` ${value}`)],
    };
  });
  const title: Segment = { rank: 0, spans: [span(data.title, 'title')] };
  const segments = data.empty === null ? [title, ...legend] : [title];
  return padded(composeRow(fitSegments(segments, columns, theme), columns, theme), columns, theme);
}

function key({ letter, name, tone }: ChartSeries, { series }: ChartData): Span[] {
  return series.length === 1 && name.startsWith(letter)
    ? [span(name, tone)]
    : [span(letter, tone), span(` ${name}`)];
}

/** The top, the middle where there is room, and 0. */
function scaleLabel(
  { top, unit }: ChartData,
  row: number,
  height: number,
  columns: number,
  theme: Theme,
): string {
  const middle = (height - 1) / 2;
  const value = row === 0 ? top : row === height - 1 ? 0 : height >= 7 && row === middle ? top / 2 : null;
  const text = value === null ? '' : formatValue(value, unit);
  const axis = theme.unicode ? (value === null ? '│' : '┤') : '|';
  return composeRow(
    [{ text, tone: 'muted', width: columns - 1, align: 'right' }, span(axis, 'muted')],
    columns,
    theme,
  );
}
