/** Rings of what was: bounded for ever, no spike lost, no time told twice. */
import { describe, expect, test } from 'vitest';
import { type TrackPoint, trackPointOf } from '../../../src/model/past/track.ts';
import {
  addOlder,
  addPoint,
  emptyTrack,
  extendTrack,
  newestMs,
  ringPoints,
  type Track,
  trackOf,
} from '../../../src/model/past/track-rings.ts';
import { busy } from '../../support/model-fixture.ts';

const startMs = Date.UTC(2026, 10, 20, 12);
const minute = 60_000;

function point(atMs: number, percent = 1, toMs = atMs): TrackPoint {
  return { fromMs: atMs, toMs, max: { ioFullPercent: percent }, builds: [] };
}

function everySecond(track: Track, fromMs: number, seconds: number, percent = (_: number) => 1): Track {
  let next = track;
  for (let i = 0; i < seconds; i += 1) next = addPoint(next, point(fromMs + i * 1000, percent(i)));
  return next;
}

const ascending = (points: readonly TrackPoint[]) =>
  points.every(({ fromMs, toMs }, i) => fromMs <= toMs && fromMs >= (points[i - 1]?.toMs ?? fromMs));
const highest = (points: readonly TrackPoint[]) =>
  Math.max(...points.map(({ max }) => max.ioFullPercent ?? 0));

test('a spike of one sample is in every ring, however coarse', () => {
  const track = everySecond(emptyTrack, startMs, 900, (i) => (i === 777 ? 93 : 2));
  for (const ring of track.rings) {
    const points = ringPoints(ring);
    expect(points.filter(({ max }) => max.ioFullPercent === 93)).toHaveLength(1);
    expect(ascending(points)).toBe(true);
  }
});

test('a stalled disk has no await: what waits in it counts, not the quick disk beside it', () => {
  const [disk] = busy.disks;
  if (disk === undefined) throw new Error('a busy machine has a disk');
  const quick = { ...disk, readAwaitMs: 0.4, writeAwaitMs: 2, stalledSec: null };
  const stalled = { ...disk, readAwaitMs: null, writeAwaitMs: null, stalledSec: 8.5 };
  const worst = (...disks: (typeof disk)[]) => trackPointOf({ ...busy, disks }).max.diskAwaitMs;
  expect(worst(quick, stalled)).toBe(8500);
  expect(worst(quick)).toBe(2);
});

test('two weeks of ticks stay bounded in number and in time', () => {
  let track = emptyTrack;
  const day = 86_400_000;
  // Every 20 s: every tick closes a bucket of the finer rings.
  for (let ms = 0; ms < 14 * day; ms += 20_000) track = addPoint(track, point(startMs + ms));
  track = everySecond(track, startMs + 14 * day, 1200);
  const now = newestMs(track) ?? 0;
  for (const ring of track.rings) {
    const points = ringPoints(ring);
    expect(points.length).toBeLessThanOrEqual(ring.keepMs / ring.spanMs + 3);
    expect(points[0]?.toMs).toBeGreaterThanOrEqual(now - ring.keepMs - 2 * ring.spanMs);
    expect(now - (points[0]?.fromMs ?? 0)).toBeGreaterThan(0.9 * ring.keepMs);
    expect(ascending(points)).toBe(true);
  }
});

test('hostile times: even a clock that goes mad keeps the rings bounded and in order', () => {
  let track = emptyTrack;
  let seed = 7;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  let atMs = startMs;
  for (let i = 0; i < 3000; i += 1) {
    const jump = random();
    atMs += jump < 0.02 ? (random() - 0.5) * 4e7 : jump < 0.1 ? -900 : 1000 * random();
    track = addPoint(track, point(Math.round(atMs)));
    for (const ring of track.rings) {
      expect(ringPoints(ring).length).toBeLessThanOrEqual(ring.keepMs / ring.spanMs + 3);
    }
  }
  for (const ring of track.rings) expect(ascending(ringPoints(ring))).toBe(true);
});

describe('the clock is set back', () => {
  const before = everySecond(emptyTrack, startMs, 1800, (i) => (i === 300 ? 80 : i === 1700 ? 99 : 1));

  test('by an hour: what was later is dropped', () => {
    const after = addPoint(before, point(startMs - 60 * minute));
    for (const ring of after.rings) expect(ringPoints(ring)).toHaveLength(1);
  });

  test('by ten minutes: what was before stays in every ring, spikes and all, and goes on', () => {
    const backMs = startMs + 1200_500;
    const after = everySecond(before, backMs, 60);
    for (const [index, ring] of after.rings.entries()) {
      const points = ringPoints(ring);
      expect(ascending(points)).toBe(true);
      expect(points.at(-1)?.toMs).toBe(backMs + 59_000);
      // The finest ring never reached so far back; the coarser ones lost nothing before the jump.
      if (index > 0) expect(highest(points)).toBe(80);
      const seam = points.findIndex(({ toMs }) => toMs >= backMs - 2000);
      if (index > 0) expect(points[seam]?.fromMs).toBeLessThanOrEqual(backMs);
    }
  });

  test('by a second: it is the same moment, and nothing is lost', () => {
    const newest = newestMs(before) ?? 0;
    const after = addPoint(before, point(newest - 1000, 100));
    expect(newestMs(after)).toBe(newest);
    for (const ring of after.rings) expect(ring.open?.max.ioFullPercent).toBe(100);
    expect(after.rings[0]?.closed).toBe(before.rings[0]?.closed);
  });
});

test('the clock is set forward by a year: what was is older than any chart', () => {
  const track = addPoint(everySecond(emptyTrack, startMs, 100), point(startMs + 365 * 86_400_000));
  for (const ring of track.rings) expect(ringPoints(ring)).toHaveLength(1);
});

describe('of points', () => {
  const points = Array.from({ length: 90_000 }, (_, i) =>
    point(startMs + i * 1000, i % 1000 === 999 ? 70 : 3),
  );

  test('many at once are what one after the other makes', () => {
    const few = points.slice(0, 9000);
    expect(trackOf(few)).toEqual(few.reduce(addPoint, emptyTrack));
  });

  test('a whole day in any order', () => {
    const track = trackOf(points.toReversed());
    expect(track).toEqual(trackOf(points));
    expect(ringPoints(track.rings[2] as never)[0]?.fromMs).toBeLessThanOrEqual(startMs + 240_000);
  });

  test('chunks of a minute and ticks after them', () => {
    const chunks = Array.from({ length: 30 }, (_, i) =>
      point(startMs + i * minute, i, startMs + i * minute + 59_000),
    );
    const track = everySecond(trackOf(chunks), startMs + 30 * minute, 30, () => 2);
    for (const ring of track.rings) expect(ascending(ringPoints(ring))).toBe(true);
    expect(ringPoints(track.rings[1] as never)).toHaveLength(30 + 3);
    expect(highest(ringPoints(track.rings[2] as never))).toBe(29);
  });

  test('none', () => {
    expect(trackOf([])).toEqual(emptyTrack);
    expect(newestMs(emptyTrack)).toBeNull();
  });

  test('older ones come before those that are there; what the dashboard saw itself stays', () => {
    const live = everySecond(emptyTrack, startMs, 30, () => 5);
    const older = [
      point(startMs - 90_000, 44, startMs - 31_000),
      point(startMs - 30_000, 66, startMs + 9000),
    ];
    const track = addOlder(live, older);
    for (const ring of track.rings) {
      const all = ringPoints(ring);
      expect(ascending(all)).toBe(true);
      expect(highest(all)).toBe(66);
      expect(all.every(({ max, toMs }) => max.ioFullPercent !== 66 || toMs < startMs)).toBe(true);
      expect(all.at(-1)).toEqual(ring.open);
    }
    expect(addOlder(live, []).rings[0]).toBe(live.rings[0]);
    expect(newestMs(addOlder(emptyTrack, older))).toBe(startMs + 9000);
  });
});

describe('of a model', () => {
  test('a tick in which nothing was read is no point: the same object', () => {
    const track = extendTrack(emptyTrack, busy, null);
    expect(extendTrack(track, { ...busy, timeMs: busy.timeMs + 500 }, busy)).toBe(track);
    const read = { ...busy, timeMs: busy.timeMs + 500, readAtMs: { ...busy.readAtMs, pressure: 1 } };
    expect(extendTrack(track, read, busy)).not.toBe(track);
  });

  test('what was read long ago is not known any more; a slow interval is not long ago', () => {
    const read = { ...busy.readAtMs, disks: busy.monotonicMs - 9000, forest: busy.monotonicMs - 9000 };
    const late = trackPointOf({ ...busy, readAtMs: read });
    expect(late.max.diskUtilPercent).toBeUndefined();
    expect(late.builds).toEqual([]);
    expect(late.max.memorySomePercent).toBe(busy.pressure.memory.some?.tickPercent);
    const slow = trackPointOf({ ...busy, readAtMs: read, intervalSec: 5 });
    expect(slow.max.diskUtilPercent).toBeGreaterThan(0);
    expect(slow.builds.length).toBeGreaterThan(0);
  });
});
