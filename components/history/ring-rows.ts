/** How full memory, swap and the worst disk are at one moment: rings, or bars that lie. */

import { formatBytes, formatOf } from '../../src/base/bytes.ts';
import { formatPercent } from '../../src/base/number.ts';
import { bar } from '../../src/format/chart.ts';
import type { Tone } from '../../src/format/paint.ts';
import { type Span, span } from '../../src/format/row.ts';
import type { ChartWidgets } from '../../src/model/past/chart-widgets.ts';
import type { SeriesId } from '../../src/model/past/track.ts';
import { columnsOf } from '../../src/model/past/track-window.ts';
import type { Theme } from '../theme.ts';
import { boxed, boxedRow, type Size } from './boxed.ts';
import type { ChartFacts } from './chart-data.ts';
import { painted } from './plot.ts';

interface Ring {
  readonly name: string;
  /** 0-1; NaN = not known. */
  readonly share: number;
  readonly text: string;
  readonly short: string;
}

export function ringRows(
  facts: ChartFacts,
  widgets: ChartWidgets,
  moment: { readonly column: number; readonly when: string },
  { columns, rows }: Size,
  theme: Theme,
): string[] {
  const rings = ringsAt(facts, moment.column);
  const title = [span(`IN USE ${moment.when}`, 'title')];
  const cells = Math.floor(columns / rings.length);
  const height = Math.min(rows - 2, Math.floor(cells / 2));
  if (!theme.unicode || height < 4)
    return boxed([title, ...lyingBars(rings, columns, theme)], { columns, rows }, theme);
  const drawing = widgets.donuts(
    rings.map(({ share }) => share),
    { cells, rows: height },
  );
  // Without colours what is left of a ring is not to be taken for what is used of it.
  const plain = theme.paint('muted', 'x') === 'x';
  const lines = drawing.map((row, index) => {
    const spots = row.map(({ glyph, of }) => ({
      glyph: of === null && plain && glyph !== ' ' ? '·' : glyph,
      tone: of === null ? ('muted' as const) : toneOf(rings[of]?.share),
    }));
    if (index === Math.floor((height * 2 - 1) / 4)) {
      for (const [which, { share }] of rings.entries())
        write(spots, which * cells, cells, formatPercent(share * 100));
    }
    return painted(spots, theme) + ' '.repeat(columns - row.length);
  });
  const wide = rings.every(({ name, text }) => name.length + text.length + 2 <= cells);
  const words = (say: (ring: Ring) => string) =>
    rings.map((ring): Span => ({ text: centred(say(ring), cells), width: cells }));
  const names = wide
    ? [words(({ name, text }) => `${name} ${text}`)]
    : [words(({ name }) => name), words(({ short }) => short)];
  return [
    boxedRow(title, columns, theme),
    ...lines,
    ...boxed(names, { columns, rows: rows - 1 - height }, theme),
  ];
}

function write(spots: { glyph: string; tone: Tone }[], from: number, cells: number, text: string): void {
  const at = from + Math.round((cells - text.length) / 2);
  for (const [offset, glyph] of [...text].entries()) spots[at + offset] = { glyph, tone: 'title' };
}

function toneOf(share = 0): Tone {
  return share >= 0.95 ? 'danger' : share >= 0.8 ? 'warning' : 'accent';
}

function ringsAt({ seen, window }: ChartFacts, column: number): Ring[] {
  const at = (id: SeriesId) => columnsOf(seen, window, ({ max }) => max[id])[column] ?? Number.NaN;
  const [used, total] = [at('memoryUsedBytes'), at('memoryTotalBytes')];
  const [swap, swapTotal] = [at('swapUsedBytes'), at('swapTotalBytes')];
  const util = at('diskUtilPercent');
  return [
    { name: 'memory', share: used / total, text: formatOf(used, total), short: formatBytes(used) },
    swapTotal === 0
      ? { name: 'swap', share: Number.NaN, text: 'none', short: 'none' }
      : { name: 'swap', share: swap / swapTotal, text: formatOf(swap, swapTotal), short: formatBytes(swap) },
    { name: 'disk', share: util / 100, text: `util ${formatPercent(util)}`, short: 'util' },
  ];
}

function lyingBars(rings: readonly Ring[], columns: number, theme: Theme): Span[][] {
  const width = Math.max(4, Math.min(30, columns - 24));
  return rings.map(({ name, share, text }) => [
    { text: name, width: 7 },
    span(bar(Number.isNaN(share) ? null : share, width, theme.unicode), toneOf(share)),
    span(` ${text}`),
  ]);
}

function centred(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, Math.floor((columns - text.length) / 2))) + text;
}
