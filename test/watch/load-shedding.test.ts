import { expect, test } from 'vitest';
import { emptyModel } from '../../src/model/empty-model.ts';
import { createLoadShedding } from '../../src/watch/load-shedding.ts';
import { createFakeClock } from '../support/fake-clock.ts';

test('late: details rest, what costs is looked at less often, nothing is collected; calm: all of it comes back', () => {
  const clock = createFakeClock();
  const lowDetail = { on: false };
  const factors: Record<string, number> = {};
  let collected = 0;
  const loop = {
    slowDown: (source: string, factor: number) => {
      factors[source] = factor;
    },
  };
  const collect = () => {
    collected += 1;
  };
  const shedding = createLoadShedding({ clock, loop, lowDetail, collect });
  const tick = (latenessMs: number) => {
    clock.advance(1000);
    return shedding.tick({ ...emptyModel, monotonicMs: clock.monotonic() }, latenessMs);
  };
  for (let second = 0; second < 40; second += 1) tick(second % 5 === 0 ? 2500 : 0);
  expect([lowDetail.on, factors, collected]).toEqual([true, { buildTree: 4, iostat: 4 }, 0]);
  for (let second = 0; second < 12; second += 1) tick(0);
  expect([lowDetail.on, factors, collected]).toEqual([false, { buildTree: 1, iostat: 1 }, 1]);
});

test('garbage is collected every half minute of calm, never under strain', () => {
  const clock = createFakeClock();
  const collected: number[] = [];
  const startMs = clock.monotonic();
  const collect = () => collected.push((clock.monotonic() - startMs) / 1000);
  const shedding = createLoadShedding({ clock, loop: { slowDown: () => {} }, collect });
  const seconds = (count: number, latenessMs: number) => {
    for (let second = 0; second < count; second += 1) {
      clock.advance(1000);
      shedding.tick({ ...emptyModel, monotonicMs: clock.monotonic() }, latenessMs);
    }
  };
  seconds(65, 0);
  expect(collected).toEqual([30, 60]);
  seconds(100, 2500);
  expect(collected).toHaveLength(2);
  seconds(30, 0);
  expect(collected).toHaveLength(3);
});
