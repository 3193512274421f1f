import { expect, test } from 'vitest';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Level } from '../../src/model/model.ts';
import type { Collection } from '../../src/platform/ports.ts';
import { createLoadShedding } from '../../src/watch/load-shedding.ts';

import { buildOf } from '../support/model-fixture.ts';

const mb = 1024 ** 2;

function setUp({ staysInMemory = false } = {}) {
  const lowDetail = { on: false };
  const factors: Record<string, number> = {};
  const loop = {
    slowDown: (source: string, factor: number) => {
      factors[source] = factor;
    },
  };
  const used = { bytes: 10 * mb };
  /** What was in use when it was collected. */
  const collected: number[] = [];
  /** When it was moved close together. */
  const closedAtSec: number[] = [];
  const resting: boolean[] = [];
  const stocked = { ticks: 0 };
  const heap = {
    heapBytes: () => used.bytes,
    collect: (what?: Collection) => {
      if (what === 'close') closedAtSec.push(monotonicMs / 1000);
      else collected.push(used.bytes / mb);
      used.bytes = 10 * mb;
    },
    restCompiling: (rests: boolean) => void resting.push(rests),
    stockUp() {
      stocked.ticks += 1;
    },
    staysInMemory: () => staysInMemory,
  };
  const shedding = createLoadShedding({ loop, lowDetail, heap });
  let monotonicMs = 0;
  return {
    lowDetail,
    factors,
    used,
    collected,
    closedAtSec,
    resting,
    stocked,
    /** So many seconds, each of which leaves garbage behind. */
    seconds(
      count: number,
      { latenessMs = 0, level = 'ok' as Level, waitsPercent = 0, garbage = 0, builds = 0 } = {},
    ) {
      const { pressure } = emptyModel;
      for (let second = 0; second < count; second += 1) {
        monotonicMs += 1000;
        used.bytes += garbage;
        const some = { avg10: 0, avg60: 0, avg300: 0, tickPercent: waitsPercent };
        const memory = { ...pressure.memory, some, level };
        const running = Array.from({ length: builds }, (_, pid) => buildOf({ pid }));
        const pressures = { ...pressure, memory };
        const model = { ...emptyModel, monotonicMs, builds: running, pressure: pressures };
        shedding.tick(model, latenessMs);
      }
    },
  };
}

test('late: details rest, what costs is looked at less often; calm: all of it comes back', () => {
  const { seconds, lowDetail, factors } = setUp();
  for (let round = 0; round < 8; round += 1) {
    seconds(1, { latenessMs: 2500 });
    seconds(4);
  }
  expect([lowDetail.on, factors]).toEqual([true, { buildTree: 4, iostat: 4 }]);
  seconds(12);
  expect([lowDetail.on, factors]).toEqual([false, { buildTree: 1, iostat: 1 }]);
});

test('while V8 keeps the heap small itself nothing is collected', () => {
  const { seconds, used, collected } = setUp();
  for (let round = 0; round < 100; round += 1) {
    seconds(5, { garbage: mb / 2 });
    used.bytes = 10 * mb;
  }
  expect(collected).toEqual([]);
});

test('what piles up is collected, but never under strain', () => {
  const { seconds, collected } = setUp();
  seconds(18, { garbage: mb / 2 });
  expect(collected).toEqual([14, 15]);
  seconds(100, { garbage: mb / 2, latenessMs: 2500 });
  expect(collected).toHaveLength(2);
  seconds(12);
  expect(collected).toHaveLength(3);
});

test('what cannot be in swap is collected in a freeze, too: else it would take memory anew', () => {
  const { seconds, collected } = setUp({ staysInMemory: true });
  seconds(100, { garbage: mb / 2, latenessMs: 2500, level: 'critical' });
  expect(collected.length).toBeGreaterThan(8);
});

test('where as much piles up at each tick it is collected every ten seconds', () => {
  const { seconds, collected } = setUp();
  seconds(61, { garbage: 4 * mb });
  expect(collected).toHaveLength(6);
});

test('where memory begins to be short the heap is small before it is critical', () => {
  const { seconds, collected } = setUp();
  seconds(4, { garbage: mb / 2 });
  seconds(20, { level: 'warning' });
  expect(collected).toEqual([12]);
  seconds(10);
  // It is not worth it.
  seconds(10, { level: 'warning' });
  seconds(30, { level: 'critical', garbage: mb });
  expect(collected).toEqual([12]);
});

test('a minute after the last build or shortage it is moved close together, once', () => {
  const { seconds, closedAtSec } = setUp();
  seconds(600);
  expect(closedAtSec).toEqual([]);
  seconds(200, { builds: 1 });
  seconds(59);
  seconds(1, { builds: 1 });
  expect(closedAtSec).toEqual([]);
  seconds(600);
  expect(closedAtSec).toEqual([920]);
  seconds(30, { level: 'warning' });
  seconds(600);
  expect(closedAtSec).toEqual([920, 1550]);
});

test('while anybody waits for memory, or it is late, nothing is compiled, nor memory of the kernel taken in reserve', () => {
  const { seconds, resting, stocked } = setUp();
  seconds(10, { builds: 1 });
  expect([resting, stocked.ticks]).toEqual([[], 10]);
  seconds(5, { waitsPercent: 2 });
  expect(stocked.ticks).toBe(10);
  seconds(5, { level: 'warning' });
  expect(resting).toEqual([true]);
  seconds(5, { waitsPercent: 0.5 });
  expect(resting).toEqual([true, false]);
  seconds(5, { latenessMs: 2500 });
  seconds(20);
  expect(resting).toEqual([true, false, true, false]);
});
