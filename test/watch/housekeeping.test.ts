import { expect, test } from 'vitest';
import { createHousekeeping } from '../../src/watch/housekeeping.ts';
import { createFakeClock } from '../support/fake-clock.ts';

test('every half minute of calm, never while overloaded', () => {
  const clock = createFakeClock();
  const collected: number[] = [];
  const startMs = clock.monotonic();
  const housekeeping = createHousekeeping(clock, () => collected.push((clock.monotonic() - startMs) / 1000));
  const seconds = (count: number, calm: boolean) => {
    for (let second = 0; second < count; second += 1) {
      clock.advance(1000);
      housekeeping.tick(calm);
    }
  };
  seconds(65, true);
  expect(collected).toEqual([30, 60]);
  seconds(100, false);
  expect(collected).toHaveLength(2);
  seconds(1, true);
  expect(collected).toEqual([30, 60, 166]);
});
