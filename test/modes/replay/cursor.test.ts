/** What is worth looking further back for, and what ends that. */
import { expect, test } from 'vitest';
import { createCursor } from '../../../src/modes/replay/cursor.ts';
import type { Position } from '../../../src/modes/replay/recorded-samples.ts';
import { chunksOf, createFakeRecording } from '../../support/fake-recording.ts';
import { recordedFromMs, recordedSamples } from '../../support/recorded-machine.ts';

const recording = createFakeRecording(chunksOf(recordedSamples(900), 120));

function setUp(rest: () => void = () => {}) {
  let moved = 0;
  const cursor = createCursor({
    recording,
    rest: async () => rest(),
    onMoved: () => (moved += 1),
    onGrown: () => {},
  });
  const at = async (second: number) => (await cursor.find(recordedFromMs + second * 1000)) as Position;
  return { cursor, at, moved: () => moved };
}

test('only where something shown is as old as what was looked at, or charts want it', async () => {
  const { cursor, at } = setUp();
  expect(await cursor.goTo(await at(890), false)).toBe(true);
  // The run begins within what was looked at.
  expect(await cursor.goTo(await at(60), true)).toBe(false);
  // Still kept from the jump before: nothing is looked at.
  expect(await cursor.goTo(await at(50), true)).toBe(false);
});

test('an order that comes meanwhile ends it, and what is shown stays', async () => {
  const further = new AbortController();
  const { cursor, at, moved } = setUp(() => further.abort());
  const position = await at(890);
  await cursor.goTo(position, false);
  const shown = cursor.moment;
  await cursor.lookFurther(position, further.signal);
  expect([cursor.moment, moved()]).toEqual([shown, 1]);
});

test('undisturbed it knows since when', async () => {
  const { cursor, at, moved } = setUp();
  const { signal } = new AbortController();
  await cursor.lookFurther(await at(890), signal);
  await cursor.goTo(await at(890), false);
  await cursor.lookFurther(await at(889), signal);
  expect(moved()).toBe(1);
  const sinceMs = () => cursor.moment?.derived.model.shortages[0]?.sinceMs ?? 0;
  const nearMs = sinceMs();
  await cursor.lookFurther(await at(890), signal);
  expect(moved()).toBe(2);
  expect(sinceMs()).toBeLessThan(nearMs - 600_000);
});
