/** The plot of a chart as rows of text: the widgets' cells, the cursor, and a letter for each line. */

import type { Tone } from '../../src/format/paint.ts';
import type { ChartCell, ChartRows, ChartWidgets } from '../../src/model/past/chart-widgets.ts';
import type { Theme } from '../theme.ts';
import type { ChartData } from './chart-data.ts';

interface Spot {
  readonly glyph: string;
  readonly tone: Tone | undefined;
}

/** `cursor`: its column; null = the newest, and the letters stand to the right. One column wider than the plot. */
export function plotRows(
  { drawn, top }: ChartData,
  widgets: ChartWidgets,
  size: { readonly cells: number; readonly rows: number },
  cursor: number | null,
  theme: Theme,
): string[] {
  const { cells, rows } = size;
  const shares = drawn.map(({ halves }) => halves.map((value) => value / top));
  const drawing: ChartRows = widgets.lines(shares, size);
  const spots = drawing.map((row): Spot[] => [
    ...row.map((cell) => ({
      glyph: theme.unicode ? cell.glyph : asciiGlyph(cell),
      tone: cell.of === null ? undefined : drawn[cell.of]?.tone,
    })),
    { glyph: ' ', tone: undefined },
  ]);
  if (cursor !== null) for (const row of spots) row[cursor] = under(row[cursor], theme);
  // The most important one is drawn last, and its letter wins the place.
  for (const { columns, letter, tone } of drawn) {
    const at = cursor ?? lastKnown(columns);
    const value = columns[at];
    if (value === undefined || Number.isNaN(value)) continue;
    const row = spots[rowOf(value / top, rows)];
    const place = cursor ?? (at >= cells - 2 ? cells : null);
    if (row !== undefined && place !== null) row[place] = { glyph: letter, tone };
  }
  return spots.map((row) => painted(row, theme));
}

/** The row in which the widgets draw a value. */
function rowOf(share: number, rows: number): number {
  const within = Math.min(1, Math.max(0, share));
  return Math.floor((rows * 4 - 1 - within * (rows * 4 - 1.5)) / 4);
}

function lastKnown(columns: readonly number[]): number {
  return columns.findLastIndex((value) => !Number.isNaN(value));
}

/** A line is seen through the cursor. */
function under(spot: Spot | undefined, theme: Theme): Spot {
  if (spot !== undefined && spot.glyph !== ' ') return { glyph: spot.glyph, tone: 'selection' };
  return { glyph: theme.unicode ? '│' : ':', tone: 'muted' };
}

/** By the dots that are set: a step up or down is a bar, else the height within the row. */
function asciiGlyph({ glyph }: ChartCell): string {
  if (glyph === ' ') return ' ';
  const code = glyph.charCodeAt(0) - 0x2800;
  const levels = [0x09, 0x12, 0x24, 0xc0].map((mask) => (code & mask) !== 0);
  const first = levels.indexOf(true);
  const last = levels.lastIndexOf(true);
  if (last - first >= 2) return '|';
  return ["'", '-', '-', '_'][last === 3 ? 3 : first] ?? ' ';
}

/** Glyphs of one tone together. */
export function painted(spots: readonly Spot[], theme: Theme): string {
  let text = '';
  let run = '';
  let tone: Tone | undefined;
  const end = () => {
    text += tone === undefined ? run : theme.paint(tone, run);
    run = '';
  };
  for (const spot of spots) {
    if (spot.tone !== tone && !(spot.glyph === ' ' && spot.tone === undefined && tone !== 'selection')) {
      end();
      tone = spot.tone;
    }
    run += spot.glyph;
  }
  end();
  return text;
}
