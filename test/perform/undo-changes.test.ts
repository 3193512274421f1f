import { beforeEach, expect, test } from 'vitest';
import { lower } from '../../src/actions/lower.ts';
import { loweredBuilds } from '../../src/actions/lowered-builds.ts';
import { pause } from '../../src/actions/pause.ts';
import { pausedBuilds } from '../../src/actions/paused-builds.ts';
import { actions } from '../../src/actions/registry.ts';
import type { Intent } from '../../src/model/intents/intent.ts';
import type { ActionDeps } from '../../src/perform/action-deps.ts';
import {
  leaveOwn,
  restoringEnded,
  restoringLeftBehind,
  undoingLeftBehind,
  undoOwn,
} from '../../src/perform/undo-changes.ts';
import { createFakeMachine, type FakeMachine, ownStat, root, target } from '../support/fake-machine.ts';
import { niceOf, setThreads } from '../support/threads.ts';

const targets = [target];
let machine: FakeMachine;
let deps: ActionDeps;
let asked: Intent[];

beforeEach(() => {
  machine = createFakeMachine();
  for (const pid of [root, 301, 302]) setThreads(machine, pid);
  const { ports, readForest, stateDirectory } = machine.context;
  deps = { ports, readForest, stateDirectory, actions, user: 'root' };
  asked = [];
});

const perform = async (intent: Intent) => {
  asked.push(intent);
  return null;
};
/** Another process has our number since. */
const die = () => machine.ports.files.set('/proc/4242/stat', ownStat({ startTime: 888 }));

async function changeIt(lasting = false): Promise<void> {
  const context = { ...machine.context, lasting };
  await machine.run(lower({ type: 'lower', targets }, context));
  await machine.run(pause({ type: 'pause', targets }, context));
}

test('what we did is undone when we leave', async () => {
  await changeIt();
  await machine.run(undoOwn(deps, perform));
  expect(asked).toEqual([
    { type: 'resume', targets },
    { type: 'restore', targets },
  ]);
});

test('what another one did is not', async () => {
  await changeIt();
  die();
  await machine.run(undoOwn(deps, perform));
  expect(asked).toEqual([]);
});

test('what has ended is forgotten when we leave', async () => {
  await changeIt();
  for (const pid of [root, 301, 302]) machine.end(pid);
  await machine.run(undoOwn(deps, perform));
  expect(asked).toEqual([]);
  expect(await loweredBuilds.load(deps)).toEqual([]);
  expect(await pausedBuilds.load(deps)).toEqual([]);
});

test('what one who is gone has left is undone', async () => {
  await changeIt();
  expect(await undoingLeftBehind(deps)).toEqual([]);
  die();
  expect(await undoingLeftBehind(deps)).toEqual([
    { type: 'resume', targets },
    { type: 'restore', targets },
  ]);
});

test.each(['a command did', 'one who left it'] as const)('what %s is to stay stays', async (who) => {
  await changeIt(who === 'a command did');
  if (who === 'one who left it') await leaveOwn(deps);
  die();
  expect(await undoingLeftBehind(deps)).toEqual([]);
  expect(niceOf(machine, root)).toBe(19);
  const [row] = await loweredBuilds.load(deps);
  expect(row).toMatchObject({ lasting: true, threads: [{ nice: 0 }, { nice: 0 }, { nice: 0 }] });
});

test('a unit that was limited for a build that has ended is nobody’s to keep', async () => {
  const units = [
    { unit: 'nix-daemon.service', property: 'MemoryHigh', before: 'infinity', set: '4096' },
  ] as const;
  const row = { target, threads: [], sessions: [], cgroups: [], units, loweredAtMs: 1 };
  await loweredBuilds.remember([row], { ...machine.context, lasting: true }, true);
  expect(await restoringEnded(deps)).toBeNull();
  for (const pid of [root, 301, 302]) machine.end(pid);
  expect(await restoringEnded(deps)).toEqual({ type: 'restore', targets });
  expect(await restoringLeftBehind(deps)).toBeNull();
  die();
  expect(await restoringLeftBehind(deps)).toEqual({ type: 'restore', targets });
});
