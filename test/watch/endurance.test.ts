import { expect, test } from 'vitest';
import { emptyModel } from '../../src/model/empty-model.ts';
import { createEndurance } from '../../src/watch/endurance.ts';
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
  const endurance = createEndurance({ clock, lowDetail, collect });
  const tick = (latenessMs: number) => {
    clock.advance(1000);
    return endurance.bear(loop, { ...emptyModel, monotonicMs: clock.monotonic() }, latenessMs);
  };
  for (let second = 0; second < 40; second += 1) tick(second % 5 === 0 ? 2500 : 0);
  expect([lowDetail.on, factors, collected]).toEqual([true, { buildTree: 4, iostat: 4 }, 0]);
  for (let second = 0; second < 12; second += 1) tick(0);
  expect([lowDetail.on, factors, collected]).toEqual([false, { buildTree: 1, iostat: 1 }, 1]);
});
