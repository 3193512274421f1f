/** The rehearsal of a kill and of a cancel: everything runs, and nobody is touched. */
import { expect, test } from 'vitest';
import { actions } from '../../src/actions/registry.ts';
import type { Outcome } from '../../src/model/intents/outcome.ts';
import type { ActionDeps } from '../../src/perform/action-deps.ts';
import { rehearseActing } from '../../src/perform/rehearse.ts';
import { allActions } from '../support/all-actions.ts';
import { createFakeMachine, root } from '../support/fake-machine.ts';

const nothing = async (): Promise<Outcome> => ({ status: 'done', summary: '', details: [] });

function start(over: Partial<ActionDeps> = {}) {
  const machine = createFakeMachine();
  const { ports, readForest, stateDirectory } = machine.context;
  const deps: ActionDeps = { ports, readForest, stateDirectory, user: 'root', actions, ...over };
  return { machine, run: (via?: 'guard') => machine.run(rehearseActing(deps, via)) };
}

test('a build is killed and a client cancelled, whom nobody has; journal and real builds stay as they are', async () => {
  const { machine, run } = start();
  await run();
  const { sent } = machine.ports.signals;
  expect(sent.map(({ signal }) => signal)).toEqual(expect.arrayContaining(['KILL', 'INT']));
  expect(sent.filter(({ process }) => process.pid <= 4_194_304)).toEqual([]);
  expect(machine.has(root)).toBe(true);
  expect([...machine.ports.ownFiles.texts.keys()]).toEqual(['/dev/null']);
  const lines = machine.ports.ownFiles.texts.get('/dev/null')?.trimEnd().split('\n') ?? [];
  // Carried out to the end.
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { status: 'done', summary: expect.stringMatching(/^killed rehearsal-1\.0: 2 processes ended/) },
    { status: 'done', summary: expect.stringMatching(/^cancelled /) },
  ]);
});

test('for a guard builds are paused and lowered as well, and all of it is undone', async () => {
  const { machine, run } = start();
  await run('guard');
  const lines = machine.ports.ownFiles.texts.get('/dev/null')?.trimEnd().split('\n') ?? [];
  const entries = lines.map((line) => JSON.parse(line));
  expect(entries.map(({ intent, via }) => [intent.type, via])).toEqual(
    ['kill', 'cancel', 'pause', 'resume', 'lower', 'restore'].map((type) => [type, 'guard']),
  );
  expect(machine.ports.signals.sent.filter(({ process }) => process.pid <= 4_194_304)).toEqual([]);
  expect(machine.ports.signals.sent.map(({ signal }) => signal)).toContain('STOP');
  expect([...machine.ports.ownFiles.texts.keys()]).toEqual(['/dev/null']);
});

test('an action that means somebody else reaches him not', async () => {
  const { machine, run } = start({
    actions: allActions(async (_, { ports: { signals, priorities } }) => {
      const real = { pid: root, startTime: 1000 + root };
      expect(signals.send(real, 'KILL')).toMatchObject({ problem: { kind: 'denied' } });
      expect(signals.sendGroup(real, 'KILL')).toMatchObject({ problem: { kind: 'denied' } });
      expect(priorities.setNice({ ...real, tid: root }, 19)).toMatchObject({ problem: { kind: 'denied' } });
      expect(signals.controlCgroup('/sys/fs/cgroup/nix-build-uid-1', 'kill').ok).toBe(false);
      return nothing();
    }),
  });
  await run();
  expect(machine.ports.signals.sent).toEqual([]);
  expect(machine.ports.signals.cgroupOrders).toEqual([]);
  expect(machine.has(root)).toBe(true);
});

test('where no process can be read nothing is rehearsed', async () => {
  const { machine, run } = start({ readForest: () => null });
  await run();
  expect(machine.ports.signals.sent).toEqual([]);
});
