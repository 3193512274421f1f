/** What nixpulse paused, as the forest has it: read only while something stands still, and of this boot alone. */
import { afterEach, expect, test } from 'vitest';
import type { ForestRaw } from '../../src/model/sample.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';
import { fullDetail } from '../../src/samplers/source.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeOwnFiles } from '../support/fake-own-files.ts';
import { createFakePorts, fakeNative } from '../support/fake-ports.ts';
import { treeFiles } from '../support/forest-run.ts';
import { createProcTree, type ProcTree } from '../support/proc-tree.ts';

const trees: ProcTree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.dispose();
});

const bootId = '0f0e0d0c-0000-4000-8000-000000000001';

function watched(options: { readonly live?: boolean; readonly stateDirectory?: string } = {}) {
  const { live = true, stateDirectory = '/state' } = options;
  const tree = createProcTree();
  trees.push(tree);
  const forest = tree.addNixForest({ builds: [{ name: 'a-1.0', compilers: 1 }, { name: 'b-1.0' }] });
  tree.write('/proc/sys/kernel/random/boot_id', `${bootId}\n`);
  const clock = createFakeClock();
  const ownFiles = createFakeOwnFiles();
  let reads = 0;
  const sources = createForestSources(
    {
      ...createFakePorts(),
      clock,
      native: fakeNative({ uid: 0, pid: 1 }),
      files: { ...treeFiles(tree), live },
      ownFiles: {
        ...ownFiles,
        read: (path, asked) => {
          reads += 1;
          return ownFiles.read(path, asked);
        },
      },
    },
    fullDetail,
    undefined,
    stateDirectory,
  );
  let startTime = 0;
  return {
    builds: forest.builds,
    stop: (pid: number, state: 'T' | 'S') => tree.update(pid, { state }),
    get reads() {
      return reads;
    },
    record(pid: number, more: { readonly startTime?: number; readonly boot?: string } = {}) {
      const row = {
        target: { root: { pid, startTime: more.startTime ?? startTime }, uid: null, name: null, user: null },
        ...{ processes: [], cgroup: null, pausedAtMs: 1234, by: { pid: 77, startTime: 5 } },
      };
      const file = { version: 1, bootId: more.boot ?? bootId, builds: [row] };
      ownFiles.texts.set('/state/paused.json', JSON.stringify(file));
    },
    async look(seconds = 2): Promise<ForestRaw> {
      let raw: ForestRaw | null = null;
      for (let second = 0; second < seconds; second += 1) {
        tree.advance(1);
        clock.advance(1000);
        sources.buildTree.sample();
        const { forest: reading } = sources.residentMemory.sample();
        if (!reading?.ok) throw new Error('no forest');
        raw = reading.value;
        await sources.settled();
      }
      const [build] = forest.builds;
      startTime = raw?.processes.find(({ pid }) => pid === build?.pid)?.startTime ?? 0;
      return raw as unknown as ForestRaw;
    },
  };
}

test('of what stands still, the build that was recorded; nothing is read before, and nothing is left after', async () => {
  const machine = watched();
  const pid = machine.builds[0]?.pid ?? 0;
  expect((await machine.look(10)).paused).toBeUndefined();
  expect(machine.reads).toBe(0);
  machine.record(pid);
  machine.stop(pid, 'T');
  const first = await machine.look(3);
  expect(first.paused).toEqual([{ pid, startTime: expect.any(Number), atMs: 1234, byPid: 77 }]);
  // The same object while it says the same.
  expect((await machine.look(12)).paused).toBe(first.paused);
  expect(machine.reads).toBeLessThanOrEqual(4);
  machine.stop(pid, 'S');
  expect((await machine.look(2)).paused).toBeUndefined();
});

test.each([
  ['of another boot', { boot: 'another' }],
  ['of another process with its number', { startTime: 1 }],
] as const)('a row %s counts for nothing', async (_, more) => {
  const machine = watched();
  const pid = machine.builds[0]?.pid ?? 0;
  await machine.look();
  machine.record(pid, more);
  machine.stop(pid, 'T');
  expect((await machine.look(4)).paused).toBeUndefined();
  expect(machine.reads).toBeGreaterThan(0);
});

test('stopped by somebody else, or a file that is none: nothing', async () => {
  const machine = watched();
  const pid = machine.builds[0]?.pid ?? 0;
  machine.stop(pid, 'T');
  expect((await machine.look(4)).paused).toBeUndefined();
});

test('of a captured tree nothing of this machine is read', async () => {
  const machine = watched({ live: false });
  const pid = machine.builds[0]?.pid ?? 0;
  await machine.look();
  machine.record(pid);
  machine.stop(pid, 'T');
  expect((await machine.look(4)).paused).toBeUndefined();
  expect(machine.reads).toBe(0);
});
