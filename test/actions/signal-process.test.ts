import { expect, test } from 'vitest';
import { pausedBuilds } from '../../src/actions/paused-builds.ts';
import { signalProcess } from '../../src/actions/signal-process.ts';
import { fail, ok } from '../../src/base/problem.ts';
import type { SignalName } from '../../src/model/intents/intent.ts';
import { createFakeMachine, type FakeMachine, root, target } from '../support/fake-machine.ts';

const compiler = { pid: 302, startTime: 1302 };

function perform(machine: FakeMachine, signal: SignalName, process = compiler) {
  return machine.run(signalProcess({ type: 'signal', build: target, process, signal }, machine.context));
}

test.each(['TERM', 'INT', 'KILL'] as const)('%s to one process of the tree', async (signal) => {
  const machine = createFakeMachine();
  expect(await perform(machine, signal)).toEqual({
    status: 'done',
    summary: `${signal} to cc1plus (302) of hello-1.0: it has ended`,
    details: [],
  });
  expect(machine.ports.signals.sent).toEqual([{ process: compiler, signal }]);
});

test('a signal that is ignored is said to be', async () => {
  const machine = createFakeMachine();
  machine.onSignal = () => ok(undefined);
  expect(await perform(machine, 'TERM')).toEqual({
    status: 'done',
    summary: 'TERM to cc1plus (302) of hello-1.0: it runs',
    details: ['it may handle TERM or ignore it'],
  });
});

test('the builder of a sandbox is pid 1 there', async () => {
  const machine = createFakeMachine();
  machine.change(root, { facts: { rootMount: `/nix/store/${'0'.repeat(32)}-a-1.drv.chroot` } });
  machine.onSignal = () => ok(undefined);
  const outcome = await perform(machine, 'INT', target.root);
  expect(outcome.details).toEqual(['as pid 1 of its sandbox it may ignore INT; killing the build ends it']);
});

test('with a subvolume of btrfs at / nobody is pid 1', async () => {
  const machine = createFakeMachine();
  machine.change(root, { facts: { rootMount: '/@' } });
  machine.onSignal = () => ok(undefined);
  const outcome = await perform(machine, 'INT', target.root);
  expect(outcome.details).toEqual(['it may handle INT or ignore it']);
});

test('what it stopped is recorded until it is continued', async () => {
  const machine = createFakeMachine();
  expect(await perform(machine, 'STOP')).toMatchObject({ status: 'done' });
  await perform(machine, 'STOP', { pid: 301, startTime: 1301 });
  const pids = async () => (await pausedBuilds.load(machine.context))[0]?.processes.map(({ pid }) => pid);
  expect(await pids()).toEqual([302, 301]);
  expect(await perform(machine, 'CONT')).toMatchObject({ status: 'done' });
  expect(await pids()).toEqual([301]);
  await perform(machine, 'CONT', { pid: 301, startTime: 1301 });
  expect(await pids()).toBeUndefined();
});

test.each([
  ['another process of that pid', { pid: 302, startTime: 5 }],
  ['the client', { pid: 210, startTime: 1210 }],
  ['the worker', { pid: 110, startTime: 1211 }],
  ['a process that is not there', { pid: 999, startTime: 1 }],
])('%s is refused', async (_, process) => {
  const machine = createFakeMachine();
  expect(await perform(machine, 'KILL', process)).toMatchObject({
    status: 'refused',
    summary: `process ${process.pid} is not a living part of hello-1.0`,
  });
  expect(machine.ports.signals.sent).toEqual([]);
});

test('a build that has ended is refused', async () => {
  const machine = createFakeMachine();
  for (const pid of [root, 301, 302]) machine.end(pid);
  expect(await perform(machine, 'KILL')).toMatchObject({ status: 'refused' });
});

test('what is not permitted is denied, with the way to do it', async () => {
  const machine = createFakeMachine();
  machine.onSignal = ({ pid }) => fail('denied', `process ${pid}`);
  expect(await perform(machine, 'TERM')).toEqual({
    status: 'denied',
    summary: 'cc1plus (302) of hello-1.0: not permitted to send TERM',
    details: ['run it as root: sudo nixpulse kill hello-1.0'],
  });
});
