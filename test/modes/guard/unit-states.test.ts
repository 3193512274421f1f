import { expect, test } from 'vitest';
import { ok } from '../../../src/base/problem.ts';
import { createUnitStates } from '../../../src/modes/guard/unit-states.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { settled } from '../../support/fake-ports.ts';
import { createFakeSpawn } from '../../support/fake-spawn.ts';
import { activating, calm } from '../../support/model-fixture.ts';

const web = { unit: 'web.service', asks: 'http://localhost/health' };

function guarded(units: readonly { readonly unit: string; readonly asks: string | null }[] = [web]) {
  const clock = createFakeClock();
  const spawn = createFakeSpawn();
  const world = { active: 'active', answer: true as boolean | null, asked: 0 };
  spawn.onRun = () => {
    const block = `LoadState=loaded\nActiveState=${world.active}\nTriggeredBy=\n`;
    return ok({ exitCode: 0, signal: null, stdout: units.map(() => block).join('\n'), stderr: '' });
  };
  const states = createUnitStates({
    ...{ spawn, clock, units: () => units },
    async ask() {
      world.asked += 1;
      return world.answer;
    },
  });
  async function look(seconds: number, now = calm) {
    clock.advance(seconds * 1000);
    states.looked(now);
    await settled();
    return states.states();
  }
  return { world, spawn, look, clock };
}

test('one program for all of them, every five seconds; each is asked twice a minute', async () => {
  const { world, spawn, look } = guarded([web, { unit: 'b.service', asks: null }]);
  expect(await look(0)).toEqual([
    { unit: 'web.service', active: true, answers: true },
    { unit: 'b.service', active: true, answers: null },
  ]);
  for (let second = 0; second < 20; second += 1) await look(1);
  expect(spawn.calls.map(({ file, args }) => [file, ...args])).toEqual(
    Array.from({ length: 5 }, () => [
      'systemctl',
      'show',
      '--property=LoadState,ActiveState,TriggeredBy',
      '--',
      'web.service',
      'b.service',
    ]),
  );
  expect(world.asked).toBe(1);
  for (let second = 0; second < 10; second += 1) await look(1);
  expect(world.asked).toBe(2);
});

test('an answer that is missing once is asked for again; twice in a row it is none', async () => {
  const { world, look } = guarded();
  await look(0);
  world.answer = false;
  expect(await look(30)).toMatchObject([{ answers: true }]);
  expect(await look(5)).toMatchObject([{ answers: false }]);
  world.answer = true;
  expect(await look(5)).toMatchObject([{ answers: true }]);
});

test('who is down is not asked, and begins anew when it is up', async () => {
  const { world, look } = guarded();
  world.active = 'failed';
  expect(await look(0)).toEqual([{ unit: 'web.service', active: false, answers: null }]);
  expect(world.asked).toBe(0);
  world.active = 'active';
  world.answer = false;
  expect(await look(5)).toMatchObject([{ active: true, answers: null }]);
  expect(await look(5)).toMatchObject([{ active: true, answers: false }]);
});

test('nothing is started while memory is short, and what was seen long ago is not known', async () => {
  const { spawn, look } = guarded();
  await look(0);
  const short = {
    ...calm,
    pressure: { ...calm.pressure, memory: { ...calm.pressure.memory, level: 'critical' as const } },
  };
  expect(await look(10, short)).toHaveLength(1);
  expect(await look(11, short)).toEqual([]);
  expect(spawn.calls).toHaveLength(1);
});

test('a switch stops units and starts them again itself: nothing is told meanwhile', async () => {
  const { world, spawn, look } = guarded();
  await look(0);
  world.active = 'inactive';
  expect(await look(10, { ...calm, clients: [activating] })).toEqual([]);
  expect(spawn.calls).toHaveLength(1);
  expect(await look(5)).toMatchObject([{ active: false }]);
});

test('without names nothing is asked, and a program that fails tells nothing', async () => {
  const none = guarded([]);
  await none.look(0);
  expect(none.spawn.calls).toEqual([]);
  const failing = guarded();
  failing.spawn.onRun = () => ok({ exitCode: 1, signal: null, stdout: '', stderr: 'no bus' });
  expect(await failing.look(0)).toEqual([{ unit: 'web.service', active: null, answers: true }]);
});
