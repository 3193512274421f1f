/**
 * blessed-contrib's line, bar and donut, fed so that what they draw is right: the highest value is on the
 * canvas, a gap stays empty, a single sample is a dot, a full ring is closed. Loaded lazily.
 */
import './in-place-of-blessed.ts';
import Bar from 'blessed-contrib/lib/widget/charts/bar.js';
import Line from 'blessed-contrib/lib/widget/charts/line.js';
import Donut from 'blessed-contrib/lib/widget/donut.js';
import type { ChartCell, ChartRows, ChartWidgets } from '../../model/past/chart-widgets.ts';
import { colourOf, drawn, restColour } from './widget.ts';

const blocks = '▁▂▃▄▅▆▇█';
const blank: ChartCell = { glyph: ' ', of: null };

/** Dots for the labels of the y axis, which the view draws itself. */
const gutter = 24;
/** Dots below the highest value that the widget cuts off, and half a dot against rounding. */
const cutOff = 2.5;

/**
 * The widget's x of value k is `(width - xPadding) / labels * k + xPadding + 2`: with so many labels each
 * value has a dot of its own, and the last ones are not cut off. A value between two gaps is a dot only where
 * it is given twice, and then all are.
 */
export const lines: ChartWidgets['lines'] = (series, { cells, rows }) => {
  const dots = cells * 2;
  const options = {
    width: (gutter + dots + 2 + 12) / 2,
    height: rows + 5,
    xPadding: gutter,
    numYLabels: 1,
    maxY: 1 / (1 - cutOff / (rows * 4 + 1)),
    showLegend: false,
    style: { baseline: restColour },
  };
  const times = series.some(hasSingle) ? 2 : 1;
  const x = new Array<string>((dots + 2) * times).fill(' ');
  const data = series.map((values, index) => ({
    x,
    y: values.flatMap((value) => new Array<number>(times).fill(within(value))),
    style: { line: colourOf(index) },
  }));
  const [first] = data;
  if (first === undefined) return blankRows(cells, rows);
  const drawing = drawn(Line, options, data);
  return drawing.slice(0, rows).map((row) => row.slice(gutter / 2 + 1, gutter / 2 + 1 + cells));
};

function hasSingle(values: readonly number[]): boolean {
  return values.some(
    (value, index) =>
      !Number.isNaN(value) &&
      Number.isNaN(values[index - 1] ?? Number.NaN) &&
      Number.isNaN(values[index + 1] ?? Number.NaN),
  );
}

/**
 * The widget's bars are one row higher and one column wider than it is told; rows below it are text. One by one:
 * side by side they stand where the widget rounds to.
 */
export const bars: ChartWidgets['bars'] = (shares, { barCells, gapCells, rows }) => {
  const gap = new Array<ChartCell>(gapCells).fill(blank);
  const drawings = shares.map((share, of) => {
    // What is there is not drawn as nothing.
    const eighths = share > 0 ? Math.max(1, Math.round(within(share) * rows * 8)) : 0;
    const options = {
      width: barCells + 4,
      height: rows + 5,
      barWidth: barCells - 1,
      xOffset: 0,
      maxHeight: 1,
      showText: false,
      barBgColor: colourOf(0),
    };
    const drawing = drawn(Bar, options, { titles: [''], data: [Math.ceil(eighths / 8) / rows] });
    return drawing.slice(1, rows + 1).map((row, index) => {
      const above = eighths - (rows - 1 - index) * 8;
      const glyph = blocks[Math.min(above, 8) - 1] ?? ' ';
      return row.slice(0, barCells).map((cell) => (cell.of === null ? blank : { glyph, of }));
    });
  });
  return Array.from({ length: rows }, (_, index) =>
    drawings.flatMap((drawing) => [...(drawing[index] ?? []), ...gap]),
  );
};

/** A ring takes thousands of dots and seldom changes. */
const ringsDrawn = new Map<string, ChartRows>();
const mostRings = 64;

/** The widget turns a whole ring into 370 steps and draws 360 of them; above 1 it takes percent. */
export const donuts: ChartWidgets['donuts'] = (shares, { cells, rows }) => {
  const radius = Math.min(rows * 2 - 1, cells - 1);
  const options = {
    width: cells + 2.5,
    height: rows + 3,
    radius,
    arcWidth: Math.max(2, Math.round(radius / 3)),
    yPadding: 1,
    remainColor: restColour,
    fill: 'normal',
  };
  // One by one: side by side they stand where the widget rounds to.
  const rings = shares.map((share, index) => {
    const steps = Math.round(within(Number.isNaN(share) ? 0 : share) * 370);
    const name = `${cells}x${rows} ${steps} ${index}`;
    const known = ringsDrawn.get(name);
    if (known !== undefined) return known;
    const part = steps / 360;
    const percent = part > 1 ? part * 100 : part;
    const ring = drawn(Donut, options, [{ percent, label: ' ', color: colourOf(index) }]);
    if (ringsDrawn.size >= mostRings) ringsDrawn.clear();
    ringsDrawn.set(name, ring);
    return ring;
  });
  return Array.from({ length: rows }, (_, row) =>
    rings.flatMap((ring) =>
      Array.from({ length: cells }, (_cell, column) => {
        const cell = ring[row]?.[column];
        return cell !== undefined && isBraille(cell) ? cell : blank;
      }),
    ),
  );
};

function isBraille({ glyph }: ChartCell): boolean {
  return glyph >= '\u2800' && glyph <= '\u28ff';
}

function within(share: number): number {
  return Number.isNaN(share) ? Number.NaN : Math.min(1, Math.max(0, share));
}

function blankRows(cells: number, rows: number): ChartRows {
  return Array.from({ length: rows }, () => new Array<ChartCell>(cells).fill(blank));
}
