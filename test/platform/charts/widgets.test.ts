/** What blessed-contrib's widgets draw as we feed them, cell by cell and dot by dot. */
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { ChartRows } from '../../../src/model/past/chart-widgets.ts';
import { createChartLoader } from '../../../src/platform/charts/loader.ts';
import { bars, donuts, lines } from '../../../src/platform/charts/widgets.ts';

/** Bits of a braille character by row and column of its dots. */
const bits = [
  [0x1, 0x8],
  [0x2, 0x10],
  [0x4, 0x20],
  [0x40, 0x80],
];

/** Of each column of dots the rows that are set, from the top. */
function dotsOf(rows: ChartRows): number[][] {
  const columns: number[][] = [];
  for (const [y, row] of rows.entries()) {
    for (const [x, { glyph }] of row.entries()) {
      if (glyph === ' ') continue;
      const code = glyph.charCodeAt(0) - 0x2800;
      expect(code).toBeGreaterThan(0);
      expect(code).toBeLessThan(256);
      for (const [dy, pair] of bits.entries()) {
        for (const [dx, bit] of pair.entries()) {
          if ((code & bit) === 0) continue;
          columns[x * 2 + dx] ??= [];
          columns[x * 2 + dx]?.push(y * 4 + dy);
        }
      }
    }
  }
  return Array.from({ length: (rows[0]?.length ?? 0) * 2 }, (_, x) => columns[x] ?? []);
}

const require = createRequire(import.meta.url);
const size = { cells: 30, rows: 5 };
const flat = (share: number) => Array<number>(60).fill(share);
const withAt = (values: number[], changes: Record<number, number>) =>
  values.map((value, index) => changes[index] ?? value);

describe('lines', () => {
  test('each value has a column of dots of its own, and stands in it', () => {
    for (const rows of [1, 2, 3, 7, 17]) {
      for (const cells of [1, 2, 33, 92]) {
        const values = Array.from({ length: cells * 2 }, (_, i) => ((i * 7919) % 101) / 100);
        const drawing = lines([values], { cells, rows });
        expect(drawing).toHaveLength(rows);
        for (const row of drawing) expect(row).toHaveLength(cells);
        const dots = dotsOf(drawing);
        for (const [x, value] of values.entries()) {
          // The scale has one step less than dots; what is not 0 is at least one step high.
          const y = Math.floor(rows * 4 - 1 - value * (rows * 4 - 1.5));
          expect(dots[x], `${value} at ${x} of ${cells}x${rows}`).toContain(y);
        }
      }
    }
  });

  test('all and nothing are on the canvas: the top row and the bottom row', () => {
    expect(dotsOf(lines([flat(1)], size)).every((column) => column.join() === '0')).toBe(true);
    expect(dotsOf(lines([flat(0)], size)).every((column) => column.join() === '19')).toBe(true);
    expect(dotsOf(lines([flat(0.001)], size)).every((column) => column.join() === '18')).toBe(true);
  });

  test.each([0, 1, 29, 58, 59])('a spike of one value at %i reaches the top', (at) => {
    const dots = dotsOf(lines([withAt(flat(0.1), { [at]: 1 })], size));
    expect(dots[at]).toContain(0);
    for (const [x, column] of dots.entries()) if (Math.abs(x - at) > 1) expect(column).toHaveLength(1);
  });

  test('a gap is empty, and nothing is drawn over it', () => {
    const values = flat(0.5).map((value, x) => (x >= 20 && x < 33 ? Number.NaN : x < 20 ? 1 : value));
    const dots = dotsOf(lines([values], size));
    for (const [x, column] of dots.entries()) {
      expect(column.length === 0, `column ${x}`).toBe(x >= 20 && x < 33);
    }
  });

  test.each([0, 1, 30, 59])('a value alone between gaps, at %i, is a dot', (at) => {
    const dots = dotsOf(lines([withAt(flat(Number.NaN), { [at]: 0.5 })], size));
    expect(dots.flatMap((column, x) => column.map(() => x))).toEqual([at]);
  });

  test('nothing known: nothing drawn', () => {
    expect(dotsOf(lines([flat(Number.NaN)], size)).flat()).toEqual([]);
    expect(lines([], size)).toHaveLength(5);
  });

  test('values beyond the scale stay on its edge', () => {
    const dots = dotsOf(lines([withAt(flat(0.5), { 10: 7, 40: -3, 50: Number.POSITIVE_INFINITY })], size));
    expect(dots[10]).toContain(0);
    expect(dots[40]).toContain(19);
    expect(dots[50]).toContain(0);
  });

  test('cells say whose they are; the later series covers the earlier one', () => {
    const [top, ...rest] = lines([flat(1), flat(0), withAt(flat(1), { 30: 0 })], size);
    expect(top?.[0]).toEqual({ glyph: expect.any(String), of: 2 });
    expect(rest.at(-1)?.[3]?.of).toBe(1);
    expect(rest.at(-1)?.[15]?.of).toBe(2);
  });
});

describe('bars', () => {
  test.each([1, 2, 3, 5])('%i wide and one apart stand above their letters', (barCells) => {
    const rows = bars([0.9, 0.05, Number.NaN, 0.03, 0.5], { barCells, gapCells: 1, rows: 4 });
    const expected = [0, 1, null, 3, 4].flatMap((of) => [...new Array(barCells).fill(of), null]);
    expect(rows.at(-1)?.map(({ of }) => of)).toEqual(expected);
  });

  test('end in a block of eighths: what is a seventh of another looks so', () => {
    const rows = bars([0.35, 0.05, 0.001], { barCells: 2, gapCells: 1, rows: 5 });
    const column = (at: number) => rows.map((row) => row[at]?.glyph).join('');
    expect([0, 3, 6].map(column)).toEqual(['   ▆█', '    ▂', '    ▁']);
  });

  test('are as high as their share, and apart', () => {
    const rows = bars([1, 0.5, 0.01, 0, Number.NaN], { barCells: 3, gapCells: 2, rows: 10 });
    expect(rows).toHaveLength(10);
    const heights = [0, 1, 2, 3, 4].map((bar) =>
      [0, 1, 2, 3, 4].map((cell) => rows.filter((row) => row[bar * 5 + cell]?.of === bar).length),
    );
    expect(heights).toEqual([
      [10, 10, 10, 0, 0],
      [5, 5, 5, 0, 0],
      [1, 1, 1, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 0, 0, 0, 0],
    ]);
    expect(rows.at(-1)?.[0]?.glyph).toBe('█');
  });
});

describe('donuts', () => {
  const filled = (rows: ChartRows, of: number | null) =>
    rows.flat().filter((cell) => cell.of === of && cell.glyph !== ' ').length;

  test('are filled by their share; whole is closed, nothing and unknown are empty', () => {
    const parts = [0, 0.005, 0.25, 0.5, 0.99, 1].map((share) =>
      filled(donuts([share], { cells: 14, rows: 7 }), 0),
    );
    expect(parts).toEqual(parts.toSorted((a, b) => a - b));
    expect(parts[0]).toBeLessThanOrEqual(3);
    expect(parts[1]).toBeLessThanOrEqual(4);
    expect(filled(donuts([1], { cells: 14, rows: 7 }), null)).toBe(0);
    expect(filled(donuts([Number.NaN], { cells: 14, rows: 7 }), 0)).toBe(parts[0]);
  });

  test('hold neither text nor holes in their size', () => {
    const rows = donuts([0.3, 0.6, 0.9], { cells: 12, rows: 6 });
    expect(rows).toHaveLength(6);
    for (const row of rows) expect(row).toHaveLength(36);
    expect(rows.flat().every(({ glyph }) => glyph === ' ' || (glyph > '\u2800' && glyph <= '\u28ff'))).toBe(
      true,
    );
  });
});

test('nothing is left behind: no handlers of the process, nothing on the terminal, no blessed', () => {
  const listeners = process.eventNames().map((name) => process.listenerCount(name));
  lines([flat(0.5)], size);
  bars([1], { barCells: 2, gapCells: 1, rows: 3 });
  donuts([1], { cells: 10, rows: 5 });
  expect(process.eventNames().map((name) => process.listenerCount(name))).toEqual(listeners);
  expect(
    Object.keys(require.cache).filter((path) => /node_modules\/blessed\/lib\/(?!blessed\.js)/.test(path)),
  ).toEqual([]);
});

test('loading: once, and again after it failed', async () => {
  let calls = 0;
  const loader = createChartLoader(async () => {
    calls += 1;
    if (calls === 1) throw new Error('no such file');
    return { lines, bars, donuts };
  });
  expect(loader.loaded).toBeNull();
  await expect(loader.load()).rejects.toThrow('no such file');
  expect(loader.loaded).toBeNull();
  const [one, two] = await Promise.all([loader.load(), loader.load()]);
  expect(calls).toBe(2);
  expect(one).toBe(two);
  expect(loader.loaded).toBe(one);
});
