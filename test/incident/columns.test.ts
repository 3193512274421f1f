import { describe, expect, it } from 'vitest';
import { createColumns, mostColumns } from '../../src/incident/columns.ts';

const point = (sec: number, value: number) => ({
  ...{ fromMs: sec * 1000, toMs: sec * 1000, max: { memoryFullPercent: value }, builds: [] },
});

describe('columns', () => {
  it('are none of nothing, and one of one moment', () => {
    const columns = createColumns();
    expect(columns.all()).toEqual([]);
    columns.add(point(5, 1));
    expect(columns.all()).toMatchObject([{ fromMs: 5000, toMs: 6000, max: { memoryFullPercent: 1 } }]);
  });

  it.each([10, 61, 500, 86_400])('keep every peak of %d seconds in as many columns as fit', (length) => {
    const columns = createColumns();
    const peak = Math.floor(length / 3);
    for (let sec = 0; sec < length; sec += 1) columns.add(point(sec, sec === peak ? 99 : 1));
    const all = columns.all();
    expect(all.length).toBeLessThanOrEqual(mostColumns);
    expect(all.length).toBeGreaterThan(Math.min(length, mostColumns) / 3);
    const at = all.findIndex(({ max }) => max.memoryFullPercent === 99);
    expect(peak * 1000).toBeGreaterThanOrEqual(all[at]?.fromMs ?? Infinity);
    expect(peak * 1000).toBeLessThan(all[at]?.toMs ?? 0);
    const widths = new Set(all.map(({ fromMs, toMs }) => toMs - fromMs));
    expect(widths.size).toBe(1);
  });

  it('leave a hole empty', () => {
    const columns = createColumns();
    for (const sec of [0, 1, 2, 20, 21]) columns.add(point(sec, 1));
    expect(columns.all().map(({ max }) => Object.keys(max).length)).toEqual(
      Array.from({ length: 22 }, (_, at) => (at < 3 || at > 19 ? 1 : 0)),
    );
  });

  it('draw no time twice where the clock goes back, and bear one of years ahead', () => {
    const columns = createColumns();
    for (const sec of [100, 101, 50, 51, 2e9, 2e9 + 1]) columns.add(point(sec, 1));
    expect(columns.all().length).toBeLessThanOrEqual(mostColumns);
    columns.add(point(Number.NaN, 1));
    columns.add(point(Number.POSITIVE_INFINITY, 1));
    expect(columns.all().every(({ fromMs }) => Number.isFinite(fromMs))).toBe(true);
  });
});
