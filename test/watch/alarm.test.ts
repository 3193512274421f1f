import { expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import type { PressureTriggers } from '../../src/platform/ports.ts';
import { createAlarm } from '../../src/watch/alarm.ts';
import { createFakeClock } from '../support/fake-clock.ts';

function setUp() {
  const clock = createFakeClock();
  let ring = () => {};
  let closed = 0;
  const triggers: PressureTriggers = {
    async watch(onEvent) {
      ring = onEvent;
      return ok({
        close: async () => {
          closed += 1;
        },
      });
    },
  };
  const looks: number[] = [];
  let lookedMs = Number.NEGATIVE_INFINITY;
  const look = () => {
    lookedMs = clock.monotonic();
    looks.push(lookedMs);
  };
  const alarm = createAlarm({ triggers, clock, look, lookedMs: () => lookedMs });
  return { alarm, clock, looks, look, ring: () => ring(), closed: () => closed };
}

test('an event is looked at at once, and no more than once a second', async () => {
  const { alarm, clock, looks, ring } = setUp();
  await alarm.begin();
  const startMs = clock.monotonic();
  for (let step = 0; step < 30; step += 1) {
    ring();
    clock.advance(100);
  }
  expect(looks.map((ms) => ms - startMs)).toEqual([0, 1000, 2000]);
});

test('right after a tick there is nothing to see yet', async () => {
  const { alarm, clock, looks, look, ring } = setUp();
  await alarm.begin();
  look();
  clock.advance(100);
  ring();
  expect(looks).toHaveLength(1);
  clock.advance(50);
  ring();
  expect(looks).toHaveLength(2);
});

test('after the end nothing is looked at, and the thread is told', async () => {
  const { alarm, looks, ring, closed } = setUp();
  await alarm.begin();
  await alarm.end();
  ring();
  expect(looks).toEqual([]);
  expect(closed()).toBe(1);
});

test('an end before the beginning is over closes too', async () => {
  const { alarm, closed } = setUp();
  const begun = alarm.begin();
  await alarm.end();
  await begun;
  expect(closed()).toBe(1);
});

test('a kernel without triggers is no failure', async () => {
  const triggers: PressureTriggers = { watch: async () => fail('unsupported', '/proc/pressure') };
  const alarm = createAlarm({ triggers, clock: createFakeClock(), look: () => {}, lookedMs: () => 0 });
  await alarm.begin();
  await alarm.end();
});
