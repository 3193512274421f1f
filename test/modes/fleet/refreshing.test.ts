import { expect, test } from 'vitest';
import { ok, type Result } from '../../../src/base/problem.ts';
import type { Fleet } from '../../../src/model/fleet/machine.ts';
import { createRefreshing } from '../../../src/modes/fleet/refreshing.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const fleet: Fleet = { machines: [], timeMs: 0, hasRules: null, unnamed: 0 };

function world(everyMs = 15_000) {
  const clock = createFakeClock({ monotonic: 0 });
  const told: string[] = [];
  let ticks = 0;
  let answer: ((result: Result<Fleet>) => void) | null = null;
  let cancelled: AbortSignal | null = null;
  const refreshing = createRefreshing({
    ...{ clock, everyMs },
    ask(signal) {
      cancelled = signal;
      return new Promise((resolve) => {
        answer = resolve;
      });
    },
    began: () => told.push(`asked at ${clock.monotonic() / 1000}`),
    ended: () => told.push(`answered at ${clock.monotonic() / 1000}`),
    ticked() {
      ticks += 1;
    },
  });
  return {
    ...{ clock, refreshing },
    async answer() {
      answer?.(ok(fleet));
      await Promise.resolve();
      await Promise.resolve();
    },
    cancelled: () => cancelled?.aborted,
    /** Since the last call. */
    told: () => told.splice(0),
    ticks: () => ticks,
  };
}

test('asks at once, then so often, counted from when the last question began', async () => {
  const { clock, refreshing, answer, told } = world();
  refreshing.start();
  clock.advance(4000);
  await answer();
  clock.advance(11_000);
  expect(told()).toEqual(['asked at 0', 'answered at 4', 'asked at 15']);
});

test('one question at a time, whoever asks for another; a late answer is followed by a rest', async () => {
  const { clock, refreshing, answer, told } = world();
  refreshing.start();
  clock.advance(40_000);
  refreshing.now();
  refreshing.start();
  expect(told()).toEqual(['asked at 0']);
  await answer();
  clock.advance(999);
  expect(told()).toEqual(['answered at 40']);
  clock.advance(1);
  expect(told()).toEqual(['asked at 41']);
});

test('now is now, and the next one is counted from there', async () => {
  const { clock, refreshing, answer, told } = world();
  refreshing.start();
  await answer();
  clock.advance(9000);
  refreshing.now();
  await answer();
  clock.advance(14_999);
  expect(told()).toEqual(['asked at 0', 'answered at 0', 'asked at 9', 'answered at 9']);
  clock.advance(1);
  expect(told()).toEqual(['asked at 24']);
});

test('rests while somebody else has the terminal', async () => {
  const { clock, refreshing, answer, told, ticks } = world();
  refreshing.start();
  refreshing.stop();
  await answer();
  clock.advance(60_000);
  expect(ticks()).toBe(0);
  refreshing.start();
  clock.advance(3000);
  expect(ticks()).toBe(3);
  expect(told()).toEqual(['asked at 0', 'answered at 0', 'asked at 60']);
});

test('what is asked at the end is given up, and its answer told to nobody', async () => {
  const { clock, refreshing, answer, told, cancelled } = world();
  refreshing.start();
  expect(cancelled()).toBe(false);
  refreshing.end();
  expect(cancelled()).toBe(true);
  await answer();
  refreshing.now();
  clock.advance(60_000);
  expect(told()).toEqual(['asked at 0']);
});
