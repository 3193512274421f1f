/** Columns of a chart: the highest value in their time, gaps as gaps, a grid that stands still. */
import { describe, expect, test } from 'vitest';
import type { TrackPoint } from '../../../src/model/past/track.ts';
import { addPoint, emptyTrack, type Track, trackOf } from '../../../src/model/past/track-rings.ts';
import {
  columnAt,
  columnsOf,
  columnTimes,
  halved,
  heaviestNames,
  readBuild,
  seenIn,
  trackRanges,
  trackWindow,
} from '../../../src/model/past/track-window.ts';

const startMs = Date.UTC(2026, 10, 20, 12);
const full = ({ max }: TrackPoint) => max.ioFullPercent;

function point(atMs: number, percent?: number, toMs = atMs): TrackPoint {
  return { fromMs: atMs, toMs, max: percent === undefined ? {} : { ioFullPercent: percent }, builds: [] };
}

/** One sample every `everyMs`; null = none. */
function sampled(values: readonly (number | null)[], everyMs = 1000): Track {
  return values.reduce(
    (track: Track, value, i) =>
      value === null ? track : addPoint(track, point(startMs + i * everyMs, value)),
    emptyTrack,
  );
}

function columns(track: Track, range: '5min' | '1h' | '24h', nowMs: number, count: number): number[] {
  const window = trackWindow(range, nowMs, count);
  return columnsOf(seenIn(track, range, window), window, full);
}

describe('a spike of one sample', () => {
  const seconds = 100_000;
  const spikes = [96_000, 99_000, 99_990];
  const points = Array.from({ length: seconds }, (_, i) =>
    point(startMs + i * 1000, spikes.includes(i) ? 97 : 4),
  );
  const track = trackOf(points);
  const nowMs = startMs + (seconds - 1) * 1000;

  test.each(trackRanges.map(({ id, rangeMs }) => [id, rangeMs] as const))('stays in %s', (id, rangeMs) => {
    const inside = spikes.filter((i) => startMs + i * 1000 > nowMs - rangeMs);
    expect(inside.length).toBeGreaterThan(0);
    for (const count of [5, 31, 52, 105, 184]) {
      const window = trackWindow(id, nowMs, count);
      for (const one of [window, halved(window)]) {
        const values = columnsOf(seenIn(track, id, one), one, full);
        expect(values).toHaveLength(one.columns);
        for (const i of inside) expect(values[columnAt(one, startMs + i * 1000)]).toBe(97);
        const high = values.filter((value) => value === 97).length;
        // At most the next column besides, where the sample reaches over its edge.
        expect(high).toBeLessThanOrEqual(2 * inside.length + 1);
        const from = values.findIndex((value) => !Number.isNaN(value));
        // The newest half of a column may have no sample yet.
        const told = values.slice(from, Number.isNaN(values.at(-1)) ? -1 : undefined);
        expect(from).toBeLessThan(one.columns / 10);
        expect(told.every((value) => value === 97 || value === 4)).toBe(true);
      }
    }
  });
});

describe('gaps', () => {
  test('a minute without samples is one, to both sides of it are values', () => {
    const values = columns(
      sampled([...Array(60).fill(9), ...Array(60).fill(null), ...Array(60).fill(9)]),
      '5min',
      startMs + 179_000,
      100,
    );
    const gap = values.slice(61, 79);
    expect(values[58]).toBe(9);
    expect(values[81]).toBe(9);
    expect(gap.every(Number.isNaN)).toBe(true);
    expect(values.slice(82).every((value) => value === 9)).toBe(true);
  });

  test('before the first sample nothing is known', () => {
    const values = columns(sampled([1, 2, 3]), '1h', startMs + 2000, 60);
    expect(values.slice(0, 59).every(Number.isNaN)).toBe(true);
    expect(values[59]).toBe(3);
  });

  test('a slow interval is none', () => {
    for (const everyMs of [500, 3000, 30_000]) {
      const count = Math.min(400, 300_000 / everyMs);
      const values = columns(
        sampled(Array(count).fill(7), everyMs),
        '5min',
        startMs + (count - 1) * everyMs,
        50,
      );
      const from = values.findIndex((value) => !Number.isNaN(value));
      expect(values.slice(from).every((value) => value === 7)).toBe(true);
    }
  });

  test('samples of a stalled machine, one in half a minute, are single', () => {
    const stalled = Array.from({ length: 200 }, (_, i) => (i < 60 || i > 150 || i % 30 === 0 ? 50 : null));
    const values = columns(sampled(stalled), '5min', startMs + 199_000, 150);
    expect(values.slice(-60, -30).some(Number.isNaN)).toBe(true);
  });

  test('what one series does not know is a gap of it alone', () => {
    const track = [1, 2, undefined, undefined, 5, 6].reduce(
      (all: Track, value, i) => addPoint(all, point(startMs + i * 10_000, value)),
      emptyTrack,
    );
    const values = columns(track, '5min', startMs + 50_000, 30);
    expect(values.slice(-6)).toEqual([1, 2, Number.NaN, Number.NaN, 5, 6]);
  });
});

describe('the grid', () => {
  test('stands still while time goes on: a column keeps its value', () => {
    const values = Array.from({ length: 400 }, (_, i) => (i * 37) % 91);
    const track = sampled(values);
    const before = trackWindow('5min', startMs + 380_000, 80);
    const after = trackWindow('5min', startMs + 396_000, 80);
    const shift = (after.startMs - before.startMs) / before.columnMs;
    expect(Number.isInteger(shift)).toBe(true);
    const a = columnsOf(seenIn(track, '5min', before), before, full);
    const b = columnsOf(seenIn(track, '5min', after), after, full);
    expect(b.slice(5, 60)).toEqual(a.slice(5 + shift, 60 + shift));
  });

  test('covers its range at every width, in columns that one can say', () => {
    for (const { id, rangeMs } of trackRanges) {
      for (const count of [1, 2, 30, 52, 105, 190]) {
        const window = trackWindow(id, startMs + 123, count);
        expect(window.columnMs * count).toBeGreaterThanOrEqual(rangeMs);
        const { toMs } = columnTimes(window, count - 1);
        expect(toMs).toBeGreaterThanOrEqual(startMs + 123);
        expect(toMs - window.columnMs).toBeLessThan(startMs + 123);
        expect(columnAt(window, startMs + 123)).toBe(count - 1);
        expect(columnAt(window, 0)).toBe(0);
        expect(columnAt(window, Number.MAX_SAFE_INTEGER)).toBe(count - 1);
      }
    }
  });

  test('what is later than now is not shown', () => {
    const track = sampled(Array(100).fill(8));
    const values = columns(track, '5min', startMs + 50_000, 100);
    expect(values.at(-1)).toBe(8);
    expect(values.filter((value) => value === 8)).toHaveLength(18);
  });
});

test('builds: by name, the heaviest of the window first, absent where they do not run', () => {
  const of = (atMs: number, builds: TrackPoint['builds']): TrackPoint => ({
    fromMs: atMs,
    toMs: atMs,
    max: {},
    builds,
  });
  const track = [
    of(startMs, [
      { name: 'not named', residentBytes: 50 },
      { name: 'a', residentBytes: 5 },
    ]),
    of(startMs + 10_000, [
      { name: 'b', residentBytes: 9 },
      { name: 'a', residentBytes: 7 },
    ]),
    of(startMs + 20_000, [{ name: 'c', residentBytes: 1 }]),
  ].reduce(addPoint, emptyTrack);
  const window = trackWindow('5min', startMs + 20_000, 60);
  const seen = seenIn(track, '5min', window);
  expect(heaviestNames(seen, 2)).toEqual(['b', 'a']);
  expect(heaviestNames(seen, 4)).toEqual(['b', 'a', 'c', 'not named']);
  const last = (name: string) => columnsOf(seen, window, readBuild(name)).slice(-5);
  expect(last('a')).toEqual([5, 7, 7, Number.NaN, Number.NaN]);
  expect(last('c')).toEqual([Number.NaN, Number.NaN, Number.NaN, 1, 1]);
});
