/** The close look at builds that stand still: whom it meets, when, and what it costs. */
import { afterEach, describe, expect, test } from 'vitest';
import type { ForestRaw, ProcessRaw } from '../../src/model/sample.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakePorts, fakeNative } from '../support/fake-ports.ts';
import { treeFiles } from '../support/forest-run.ts';
import { createProcTree, type ProcTree } from '../support/proc-tree.ts';

const trees: ProcTree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.dispose();
});

function watched(lowDetail = { on: false }) {
  const tree = createProcTree();
  trees.push(tree);
  const forest = tree.addNixForest({
    builds: [
      { name: 'a-1.0', compilers: 2 },
      { name: 'b-1.0', compilers: 2 },
    ],
  });
  const files = treeFiles(tree);
  const asked: string[] = [];
  const clock = createFakeClock();
  const ports = {
    ...createFakePorts(),
    clock,
    native: fakeNative({ uid: 0, pid: 1 }),
    files: {
      ...files,
      readSlow: (path: string, options?: object) => {
        if (/\/(?:wchan|syscall)$/.test(path)) asked.push(path);
        return files.readSlow(path, options);
      },
    },
  };
  const sources = createForestSources(ports, lowDetail);
  for (const pid of tree.pids()) {
    tree.write(`/proc/${pid}/wchan`, 'futex_do_wait');
    tree.write(`/proc/${pid}/syscall`, '202 0x1 0x189 0x0 0x0 0x0 0x0 0x1 0x2\n');
    const status = tree.text(`/proc/${pid}/status`);
    tree.write(
      `/proc/${pid}/status`,
      `${status}voluntary_ctxt_switches:\t${pid}\nnonvoluntary_ctxt_switches:\t2\n`,
    );
  }
  let raw: ForestRaw | null = null;
  return {
    tree,
    forest,
    asked,
    async run(seconds: number, each: (second: number) => void = () => {}) {
      for (let second = 0; second < seconds; second += 1) {
        tree.advance(1);
        clock.advance(1000);
        each(second);
        sources.buildTree.sample();
        const sample = sources.residentMemory.sample();
        if (!sample.forest?.ok) throw new Error('no forest');
        raw = sample.forest.value;
        await sources.settled();
      }
      return new Map((raw as unknown as ForestRaw).processes.map((one) => [one.pid, one]));
    },
  };
}

const progressOf = (processes: ReadonlyMap<number, ProcessRaw>, pids: readonly number[]) =>
  pids.map((pid) => processes.get(pid)?.progress);

describe('builds that stand still for half a minute', () => {
  test('are looked at, with the worker that reads their log, and nobody else', async () => {
    const { forest, run, asked, tree } = watched();
    const [a, b] = forest.builds;
    const [worker] = forest.clients;
    const busy = (second: number) => tree.update(b?.pid ?? 0, { userTicks: 100 + second });
    await run(28, busy);
    expect(asked).toEqual([]);
    const processes = await run(12, busy);
    expect(progressOf(processes, a?.pids ?? [])).toEqual(
      (a?.pids ?? []).map((pid) => ({
        atMs: expect.any(Number),
        voluntarySwitches: pid,
        nonvoluntarySwitches: 2,
        wchan: 'futex_do_wait',
        timed: false,
        callBytes: 0,
      })),
    );
    expect(processes.get(worker?.workerPid ?? 0)?.progress).toBeDefined();
    expect(processes.get(worker?.pid ?? 0)?.progress).toBeUndefined();
    expect(progressOf(processes, b?.pids ?? [])).toEqual((b?.pids ?? []).map(() => undefined));
  });

  test('as is a hook that its worker waits for', async () => {
    const { forest, run, tree } = watched();
    const worker = forest.clients[0]?.workerPid ?? 0;
    const below = { ppid: worker, session: tree.process(worker).session, uid: 0 };
    tree.addProcess({ ...below, pid: 7001, comm: 'bash', argv: ['bash', '-e', '/etc/nix/upload.sh'] });
    tree.addProcess({ ...below, pid: 7002, ppid: 7001, comm: 'curl', argv: ['curl', 'http://x'] });
    for (const pid of [7001, 7002]) {
      tree.write(`/proc/${pid}/wchan`, 'unix_stream_read_generic');
      tree.write(`/proc/${pid}/syscall`, '45 0x1 0x189 0x0 0x0 0x0 0x0 0x1 0x2\n');
    }
    const processes = await run(60);
    expect(processes.get(7002)?.progress?.wchan).toBe('unix_stream_read_generic');
    expect(processes.get(7001)?.progress).toBeDefined();
  });

  test('four processes a scan, each once in ten seconds, and more rarely later', async () => {
    const { run, asked, forest } = watched();
    const pids = forest.builds.flatMap((build) => build.pids).length;
    await run(31);
    expect(asked.length).toBeLessThanOrEqual(2 * 4);
    await run(60);
    const inMinute = asked.length / 2;
    expect(inMinute).toBeGreaterThan(pids * 4);
    expect(inMinute).toBeLessThanOrEqual((pids + 1) * 7);
    await run(1200);
    asked.length = 0;
    await run(60);
    expect(asked.length / 2).toBeLessThanOrEqual((pids + 1) * 2);
  });

  test('not while details rest', async () => {
    const { run, asked } = watched({ on: true });
    await run(60);
    expect(asked).toEqual([]);
  });

  test('until they move again', async () => {
    const { run, forest, tree } = watched();
    const [a] = forest.builds;
    const before = await run(40);
    expect(before.get(a?.pid ?? 0)?.progress).toBeDefined();
    const after = await run(2, (second) => tree.update(a?.pid ?? 0, { userTicks: 500 + second }));
    expect(progressOf(after, a?.pids ?? [])).toEqual((a?.pids ?? []).map(() => undefined));
  });
});

test('a build whose processes stay the same is looked at after a minute and a half, though it works', async () => {
  const { run, asked, forest, tree } = watched();
  const busy = (second: number) => {
    for (const { pid } of forest.builds) tree.update(pid, { userTicks: 1000 + second * 90 });
  };
  await run(88, busy);
  expect(asked).toEqual([]);
  await run(10, busy);
  expect(asked.length).toBeGreaterThan(0);
});
