/** Growth per minute: of clean points, of noisy ones, of few. */
import { describe, expect, test } from 'vitest';
import { addPoint, growthPerMin, type Point } from '../../../src/model/forest/growth.ts';

const mega = 2 ** 20;

function points(
  count: number,
  value: (sec: number) => number,
  atMs = (i: number) => 5_000_000 + i * 1000,
): readonly Point[] {
  let all: readonly Point[] = [];
  for (let i = 0; i < count; i += 1)
    all = addPoint(all, { atMs: atMs(i), value: value((atMs(i) - atMs(0)) / 1000) });
  return all;
}

describe('a leak of 20 MB a second', () => {
  const leak = (sec: number) => 300 * mega + 20 * mega * sec;
  test.for([
    ['in twenty seconds', points(21, leak)],
    ['in a minute', points(61, leak)],
    ['after an hour', points(3600, leak)],
    ['at half-second ticks', points(61, leak, (i) => i * 500)],
    ['at uneven ticks', points(61, leak, (i) => i * 1000 + (i % 7) * 90)],
    [
      'with gaps of a stalled machine',
      points(40, leak, (i) => i * 1000 + (i > 10 ? 9000 : 0) + (i > 30 ? 7000 : 0)),
    ],
  ] as const)('%s, within 1 %%', ([, all]) => {
    expect((growthPerMin(all) ?? 0) / (1200 * mega)).toBeCloseTo(1, 2);
  });
  test('under noise as large as 5 s of it, within 10 %', () => {
    const noise = (sec: number) => leak(sec) + 100 * mega * Math.sin(sec * 12.9898);
    expect((growthPerMin(points(61, noise)) ?? 0) / (1200 * mega)).toBeCloseTo(1, 1);
  });
});

const courses: readonly (readonly [string, (sec: number) => number, number])[] = [
  ['steady', () => 5 * mega, 0],
  ['shrinking', (sec: number) => 100 * mega - mega * sec, -60 * mega],
  ['nothing at all', () => 0, 0],
];
test.for(courses)('%s', ([, value, slope]) => {
  expect(growthPerMin(points(30, value))).toBeCloseTo(slope, 3);
});

describe('unknown', () => {
  test('without points, with one, within less than 20 s', () => {
    expect(growthPerMin([])).toBeNull();
    expect(growthPerMin(points(1, () => 1))).toBeNull();
    expect(growthPerMin(points(20, (sec) => sec))).toBeNull();
    expect(growthPerMin(points(21, (sec) => sec))).not.toBeNull();
  });
  test('again after a gap longer than the window', () => {
    const all = addPoint(
      points(60, (sec) => sec),
      { atMs: 5_000_000 + 59_000 + 60_001, value: 1 },
    );
    expect(all).toHaveLength(1);
    expect(growthPerMin(all)).toBeNull();
  });
});

test('a minute is remembered, a point every two seconds; between them the list is the same', () => {
  const all = points(301, (sec) => sec);
  expect(all.map(({ atMs }) => atMs - (all[0]?.atMs ?? 0))).toEqual(
    Array.from({ length: 31 }, (_, i) => i * 2000),
  );
  const { atMs = 0 } = all.at(-1) ?? {};
  expect(addPoint(all, { atMs: atMs + 1000, value: 7 })).toBe(all);
  expect(addPoint(all, { atMs, value: 7 })).toBe(all);
  expect(addPoint(all, { atMs: atMs + 2000, value: 7 }).at(-1)?.value).toBe(7);
});
