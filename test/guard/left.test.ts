/** What is left of memory, and how fast it falls. */
import { describe, expect, it, test } from 'vitest';
import { nextFall, nextTrend } from '../../src/guard/fall.ts';
import { leftOf } from '../../src/guard/left.ts';
import { killedFirst, makersOf, youngestHeavyFirst } from '../../src/guard/victims.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Build, Memory } from '../../src/model/model.ts';
import { buildOf, gib } from './guarded.ts';

const memory = (more: Partial<Memory>): Memory => ({
  ...emptyModel.memory,
  ...{ totalBytes: 16 * gib, availableBytes: 4 * gib },
  ...more,
});

describe('what is left', () => {
  it.each<[string, Partial<Memory>, number]>([
    ['without swap', {}, 4],
    ['with swap on a disk', { swapTotalBytes: 8 * gib, swapUsedBytes: 2 * gib }, 10],
    ['with swap of which nothing is known', { swapTotalBytes: 8 * gib, swapUsedBytes: null }, 4],
    [
      'with compressed swap, by what it saves',
      { swapTotalBytes: 3 * gib, swapUsedBytes: 0, zramRatio: 3 },
      6,
    ],
    [
      'with compressed swap, at most as much again',
      { swapTotalBytes: 32 * gib, swapUsedBytes: 0, zramRatio: 3 },
      8,
    ],
    ['with swap that compresses nothing', { swapTotalBytes: 8 * gib, swapUsedBytes: 0, zramRatio: 0.9 }, 4],
    ['with a cache of ZFS', { arcBytes: 6 * gib, arcMinBytes: gib }, 9],
    ['with one of which nobody says what it keeps', { arcBytes: 6 * gib, arcMinBytes: null }, 4],
  ])('%s', (_, more, left) => {
    expect((leftOf(memory(more))?.bytes ?? 0) / gib).toBeCloseTo(left);
  });

  it('is not known where memory is not', () => {
    expect(leftOf(memory({ totalBytes: null }))).toBeNull();
    expect(leftOf(memory({ availableBytes: null }))).toBeNull();
    expect(leftOf(memory({ totalBytes: 0 }))).toBeNull();
  });
});

test('a fall is told after two seconds, over five, and begins anew half a second after an action', () => {
  let fall: ReturnType<typeof nextFall> | undefined;
  const at = (sec: number, value: number, actedSec: number | null = null) => {
    fall = nextFall(fall, sec * 1000, value, actedSec === null ? null : actedSec * 1000);
    return fall.perSec;
  };
  expect([at(0, 100), at(1, 90), at(2, 80), at(3, 70)]).toEqual([null, null, 10, 10]);
  expect(at(10, 70)).toBeCloseTo(0, 0);
  expect([at(11, 60, 10.8), at(12, 60, 10.8), at(14, 60, 10.8)]).toEqual([null, null, null]);
  // The same reading again says nothing new.
  expect(at(14, 60, 10.8)).toBeNull();
});

test('a trend needs three seconds', () => {
  let trend: ReturnType<typeof nextTrend> | undefined;
  const at = (sec: number, value: number) => {
    trend = nextTrend(trend, sec * 1000, value, null);
    return trend.fallPerSec;
  };
  expect([at(0, 90), at(2, 90), at(3, 84), at(6, 60), at(9, 66)]).toEqual([null, null, 2, 8, -2]);
});

describe('who', () => {
  const weight = ({ residentBytes }: Build) => residentBytes ?? 0;
  const held = (pid: number, gibs: number, more: Partial<Build> = {}) =>
    buildOf(pid, { residentBytes: gibs * gib, ...more });
  const pids = (some: readonly Build[]) => some.map(({ pid }) => pid);

  it('is paused: the youngest of the heavy, and never the oldest of several', () => {
    expect(pids(youngestHeavyFirst([held(1, 4), held(2, 3), held(3, 1)], weight))).toEqual([2]);
    expect(pids(youngestHeavyFirst([held(1, 4), held(2, 3), held(3, 3)], weight))).toEqual([3, 2]);
    expect(pids(youngestHeavyFirst([held(1, 4), held(2, 1)], weight))).toEqual([1]);
    expect(pids(youngestHeavyFirst([held(1, 4)], weight))).toEqual([1]);
    expect(pids(youngestHeavyFirst([held(1, 4), held(2, 3, { paused: true })], weight))).toEqual([]);
    expect(pids(youngestHeavyFirst([held(1, 0)], weight))).toEqual([]);
    expect(youngestHeavyFirst([], weight)).toEqual([]);
  });

  it('is killed: who grew, else who holds most of all, else who stands still, else the heaviest', () => {
    const sorted = [held(1, 6), held(2, 4, { paused: true }), held(3, 3, { paused: true }), held(4, 1)];
    const more = (than: number) => (build: Build) => weight(build) > than * gib;
    const none = () => false;
    expect(pids(killedFirst(sorted, more(5), none))).toEqual([1, 2, 3, 4]);
    expect(pids(killedFirst(sorted, more(8), none))).toEqual([3, 2, 1, 4]);
    expect(pids(killedFirst(sorted, more(5), ({ pid }) => pid === 2 || pid === 4))).toEqual([2, 4, 1, 3]);
    expect(killedFirst([], more(8), none)).toEqual([]);
  });

  describe('makes memory less', () => {
    const mib = 2 ** 20;
    const growing = (...each: readonly number[]) => {
      const perSec = new Map(each.map((mibs, index) => [index + 1, mibs * mib]));
      const builds = each.map((_, index) => held(index + 1, 2));
      return (leftGib: number, some: readonly Build[] = builds) => {
        const {
          perSec: sum,
          isOne,
          pauses,
        } = makersOf(some, ({ pid }) => perSec.get(pid) ?? 0, leftGib * gib);
        return { sum: sum / mib, isOne, pauses: pids(pauses) };
      };
    };

    it('one that takes more than half of it, be it the oldest', () => {
      expect(growing(100, 30, 0)(4)).toEqual({ sum: 130, isOne: true, pauses: [1] });
      expect(growing(0, 0, 40)(4)).toEqual({ sum: 40, isOne: true, pauses: [3] });
    });

    it('several: the youngest first, and the oldest is spared while it may go on for a while', () => {
      expect(growing(50, 60, 50)(4)).toEqual({ sum: 160, isOne: false, pauses: [3, 2] });
      expect(growing(50, 60, 50)(0.5)).toEqual({ sum: 160, isOne: false, pauses: [3, 2, 1] });
    });

    it('nobody who grows by a tenth of the fastest, stands still, or builds elsewhere', () => {
      expect(growing(100, 9)(4).pauses).toEqual([1]);
      expect(growing(100)(4, [held(1, 2, { paused: true })]).pauses).toEqual([]);
      expect(growing(100)(4, [held(1, 2, { host: 'big' })]).pauses).toEqual([]);
    });
  });
});
