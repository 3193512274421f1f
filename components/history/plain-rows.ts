/** The same series without the widgets: one sparkline each. */
import { sparkline } from '../../src/format/chart.ts';
import { span } from '../../src/format/row.ts';
import type { Theme } from '../theme.ts';
import { boxedRow } from './boxed.ts';
import { type ChartData, formatValue } from './chart-data.ts';

const nameColumns = 20;
const valueColumns = 8;

/** Columns of the sparkline, right-aligned so that the newest is at the edge. */
function plainPlotColumns(columns: number): number {
  return Math.max(8, columns - nameColumns - valueColumns);
}

/** As many as fit, in the order given. */
export function plainRows(
  charts: readonly ChartData[],
  cursor: number | null,
  { columns, rows }: { readonly columns: number; readonly rows: number },
  theme: Theme,
): string[] {
  const plot = plainPlotColumns(columns);
  const lines = charts.flatMap(({ title, unit, top, series, empty }) => {
    const head = boxedRow([span(title, 'title')], columns, theme);
    if (empty !== null)
      return [boxedRow([span(title, 'title'), span(`  ${empty}`, 'muted')], columns, theme)];
    return [
      head,
      ...series.map(({ name, tone, columns: values }) => {
        const shown = values.slice(-plot);
        const at = Math.max(0, (cursor ?? values.length - 1) - (values.length - shown.length));
        const place = plot - shown.length + at;
        const line = sparkline(shown, plot, top, theme.unicode);
        const value = formatValue(shown[at], unit) + (unit === 'ms' ? ' ms' : '');
        const marked =
          cursor === null
            ? [span(line, tone)]
            : [
                span(line.slice(0, place), tone),
                span(line[place] ?? ' ', 'selection'),
                span(line.slice(place + 1), tone),
              ];
        return boxedRow(
          [
            span('  '),
            { text: name, width: nameColumns - 3 },
            span(' '),
            ...marked,
            { text: value, width: valueColumns, align: 'right' },
          ],
          columns,
          theme,
        );
      }),
    ];
  });
  return lines.slice(0, rows);
}
