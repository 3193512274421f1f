/** Memory of the builds at one moment: bars above their letters, and their names beside them. */
import { formatBytes } from '../../src/base/bytes.ts';
import { type Span, span } from '../../src/format/row.ts';
import type { ChartWidgets } from '../../src/model/past/chart-widgets.ts';
import type { Theme } from '../theme.ts';
import { boxed, boxedRow, type Size } from './boxed.ts';
import type { ChartData } from './chart-data.ts';
import { painted } from './plot.ts';

/** Columns beside the bars for letter, amount and name; fewer are for the name alone. */
const wordColumns = 24;
/** Fewer than these say nothing of a name. */
const nameColumns = 8;

/** `when`: `now`, `at 13:28:01`. */
export function barRows(
  { series, top, empty }: ChartData,
  widgets: ChartWidgets,
  moment: { readonly column: number; readonly when: string },
  { columns, rows }: Size,
  theme: Theme,
): string[] {
  const title = span(`NIX RSS ${moment.when}`, 'title');
  const values = series.map((one) => one.columns[moment.column] ?? Number.NaN);
  const height = rows - 2;
  const barCells = [5, 3, 2].find((cells) => columns - series.length * (cells + 1) >= wordColumns) ?? 2;
  const step = barCells + 1;
  if (empty !== null || values.every(Number.isNaN) || height < 1) {
    return boxed([[title], [span(empty ?? 'no build then', 'muted')]], { columns, rows }, theme);
  }
  const drawing = widgets.bars(
    values.map((value) => value / top),
    { barCells, gapCells: 1, rows: height },
  );
  const beside = columns - series.length * step;
  const names = series.map(({ letter, name, tone }, index): Span[] =>
    beside < nameColumns
      ? []
      : [
          span(letter, tone),
          span(beside < wordColumns ? ` ${name}` : ` ${formatBytes(values[index]).padStart(5)}  ${name}`),
        ],
  );
  const lines = drawing.map((row, index) => {
    const spots = row.map(({ of, glyph }) => ({
      glyph: of === null || theme.unicode ? glyph : glyph < '▄' ? '_' : '#',
      tone: of === null ? undefined : series[of]?.tone,
    }));
    return painted(spots, theme) + boxedRow(names[index] ?? [], beside, theme);
  });
  const letters = series.map(
    ({ letter, tone }): Span => ({
      text: `${' '.repeat(Math.floor(barCells / 2))}${letter}`,
      tone,
      width: step,
    }),
  );
  return [boxedRow([title], columns, theme), ...lines, boxedRow(letters, columns, theme)];
}
