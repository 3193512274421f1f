/** What the dashboard knows of what is lowered, and what becomes of it when it leaves and when it starts. */
import { beforeEach, expect, test } from 'vitest';
import { lower } from '../../../src/actions/lower.ts';
import { loweredBuilds } from '../../../src/actions/lowered-builds.ts';
import { actions } from '../../../src/actions/registry.ts';
import { restore } from '../../../src/actions/restore.ts';
import type { Intent } from '../../../src/model/intents/intent.ts';
import { createChangesKeeper } from '../../../src/modes/dashboard/changes-keeper.ts';
import type { ActionDeps } from '../../../src/perform/action-deps.ts';
import { applyModel } from '../../../src/state/apply-model.ts';
import { createDashboardStore, type DashboardStore } from '../../../src/state/create.ts';
import { loweredByUs } from '../../../src/state/selectors.ts';
import {
  createFakeMachine,
  type FakeMachine,
  ownStat,
  root,
  target,
  uid,
} from '../../support/fake-machine.ts';
import { settled } from '../../support/fake-ports.ts';
import { buildOf, busy } from '../../support/model-fixture.ts';
import { niceOf, setThreads } from '../../support/threads.ts';

const targets = [target];
const build = buildOf({ pid: root, startTime: target.root.startTime, name: target.name, uid });
const model = { ...busy, builds: [build] };
let machine: FakeMachine;
let deps: ActionDeps;
let store: DashboardStore;
let performed: Intent[];

beforeEach(() => {
  machine = createFakeMachine();
  for (const pid of [root, 301, 302]) setThreads(machine, pid);
  const { ports, readForest, stateDirectory } = machine.context;
  deps = { ports, readForest, stateDirectory, actions, user: 'root' };
  store = createDashboardStore({
    model,
    terminal: { columns: 120, rows: 40, unicode: true, color: true },
  });
  performed = [];
});

const keeper = () =>
  createChangesKeeper(store, deps, async (intent) => {
    performed.push(intent);
    return intent.type === 'restore' ? restore(intent, machine.context) : null;
  });
const shown = () => store.getState().model.builds[0];
const lowerIt = () => machine.run(lower({ type: 'lower', targets }, machine.context));
const look = () => store.setState((state) => applyModel(state, { ...model, builds: [{ ...build }] }), true);

test('what we lowered is ours at once, and put back when we leave', async () => {
  const changes = keeper();
  await lowerIt();
  changes.ended({ intent: { type: 'lower', targets }, status: 'done' });
  expect(loweredByUs(store.getState())).toHaveLength(1);
  expect(shown()).toMatchObject({ lowered: true });
  await settled();
  expect(loweredByUs(store.getState())).toMatchObject([{ lowered: true, limited: false }]);
  await machine.run(changes.undoOwn());
  expect(performed).toEqual([{ type: 'restore', targets }]);
  expect(niceOf(machine, root)).toBe(0);
});

test('what could not be lowered is not', async () => {
  const changes = keeper();
  changes.ended({ intent: { type: 'lower', targets }, status: 'denied' });
  await settled();
  expect(store.getState().lowered).toEqual([]);
});

test('left as it is, it is to stay', async () => {
  const changes = keeper();
  await lowerIt();
  await changes.leaveOwn();
  expect(await loweredBuilds.load(machine.context)).toMatchObject([{ lasting: true }]);
  machine.ports.files.set('/proc/4242/stat', ownStat({ startTime: 888 }));
  const next = keeper();
  await machine.run(next.offerLeftBehind());
  expect(performed).toEqual([]);
  expect(store.getState().lowered).toMatchObject([{ ours: false, lowered: true }]);
  expect(shown()).toMatchObject({ lowered: true });
});

test('what one that died has lowered is put back at the start, but not by who may only look', async () => {
  await lowerIt();
  machine.ports.files.set('/proc/4242/stat', ownStat({ startTime: 888 }));
  store.setState((state) => ({ ...state, health: { ...state.health, readOnly: true } }), true);
  await machine.run(keeper().offerLeftBehind());
  expect(performed).toEqual([]);
  store.setState((state) => ({ ...state, health: { ...state.health, readOnly: false } }), true);
  await machine.run(keeper().offerLeftBehind());
  expect(performed).toEqual([{ type: 'restore', targets }]);
  expect(niceOf(machine, root)).toBe(0);
});

test('what another one puts back is shown no more', async () => {
  const changes = keeper();
  await lowerIt();
  await changes.refresh();
  look();
  expect(shown()).toMatchObject({ lowered: true });
  await loweredBuilds.forget([target.root], machine.context);
  machine.ports.clock.advance(5000);
  look();
  await settled();
  expect(shown()).toMatchObject({ lowered: false });
  changes.close();
});

test('a unit that was limited for a build that has ended is put back', async () => {
  const units = [
    { unit: 'nix-daemon.service', property: 'MemoryHigh', before: 'infinity', set: '4096' },
  ] as const;
  const row = { target, threads: [], sessions: [], cgroups: [], units, loweredAtMs: 1 };
  await loweredBuilds.remember([row], machine.context);
  const changes = keeper();
  await changes.refresh();
  expect(shown()).toMatchObject({ limited: true, memoryHighBytes: 4096 });
  for (const pid of [root, 301, 302]) machine.end(pid);
  store.setState((state) => applyModel(state, { ...model, builds: [] }), true);
  await settled();
  expect(performed).toEqual([{ type: 'restore', targets }]);
  changes.close();
});
