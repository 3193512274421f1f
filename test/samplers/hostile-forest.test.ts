/**
 * A hostile /proc under the whole of sampler and derive: it never throws, never counts a process that is
 * not a build's own, and never says of a number that it is known when it is not.
 */
import { afterEach, describe, expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { contradictions, runForest, type Truth, treeFiles, truthOf } from '../support/forest-run.ts';
import { hostileFiles, type Misbehaviour, pidOf } from '../support/hostile-files.ts';
import { createProcTree, type NixForest, type NixForestSpec, type ProcTree } from '../support/proc-tree.ts';

const trees: ProcTree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.dispose();
});

const two: NixForestSpec = {
  builds: [
    { name: 'firefox-130.0', escapees: 1, zombies: 1 },
    { name: 'linux-6.12', sandbox: false, escapees: 1, compilers: 1 },
  ],
};

function plant(spec: NixForestSpec = two): { tree: ProcTree; forest: NixForest; truth: Truth } {
  const tree = createProcTree();
  trees.push(tree);
  tree.addBystanders(3);
  const forest = tree.addNixForest(spec);
  return { tree, forest, truth: truthOf(tree, forest) };
}

/** Some ticks with CPU and memory moving on; every model must be sound. */
async function watch(tree: ProcTree, truth: Truth, how: Misbehaviour, count = 3): Promise<Model> {
  const run = runForest(hostileFiles(treeFiles(tree), how));
  try {
    let model = await run.tick();
    expect(contradictions(model, truth)).toEqual([]);
    for (let i = 1; i < count; i++) {
      tree.advance(1);
      model = await run.tick();
      expect(contradictions(model, truth)).toEqual([]);
    }
    return model;
  } finally {
    run.close();
  }
}

test('a friendly tree is read in full', async () => {
  const { tree, forest, truth } = plant();
  const model = await watch(tree, truth, {});
  expect(
    model.builds.map(({ name, processes, escapees, user }) => ({ name, processes, escapees, user })),
  ).toEqual([
    { name: 'firefox-130.0', processes: 6, escapees: 0, user: 'nixbld1' },
    { name: 'linux-6.12', processes: 4, escapees: 1, user: 'nixbld2' },
  ]);
  expect(model.clients.map((client) => client.pid)).toEqual([forest.clients[0]?.pid]);
  expect(model.daemon.pid).toBe(forest.daemonPid);
});

describe('processes that end between any two reads', () => {
  test('the one that is being read', async () => {
    const { tree, truth } = plant();
    const counter = hostileFiles(treeFiles(tree), {});
    const run = runForest(counter);
    for (let i = 0; i < 3; i++) await run.tick();
    run.close();
    expect(counter.reads()).toBeGreaterThan(100);
    for (let n = 0; n < counter.reads(); n++) {
      const gonePids = new Set<number>();
      const before: Misbehaviour['before'] = (path, i) => {
        const pid = pidOf(path);
        if (i === n && pid !== null) gonePids.add(pid);
      };
      // One tick more than the reads were counted over: what ends after its stat was read shows once more.
      const model = await watch(tree, truth, { gonePids, before }, 4);
      const shown = model.builds.flatMap((build) => build.tree.map((process) => process.pid));
      expect(shown.filter((pid) => gonePids.has(pid))).toEqual([]);
    }
  });

  test('a whole build at once', async () => {
    const { tree, forest, truth } = plant();
    const [first] = forest.builds;
    for (let n = 0; n < 150; n += 3) {
      const gonePids = new Set<number>();
      const before: Misbehaviour['before'] = (_, i) => {
        if (i === n) for (const pid of first?.pids ?? []) gonePids.add(pid);
      };
      const model = await watch(tree, truth, { gonePids, before });
      expect(model.builds.map((build) => build.name)).toEqual(['linux-6.12']);
    }
  });

  test('the daemon: its builds live on', async () => {
    const { tree, forest, truth } = plant();
    const model = await watch(tree, truth, { gonePids: new Set([forest.daemonPid ?? 0]) });
    expect(model.daemon).toMatchObject({ running: false, pid: null });
    expect(model.builds).toHaveLength(2);
  });
});

describe('a pid that names another process at the next tick', () => {
  test("a builder's pid goes to somebody else", async () => {
    const { tree, forest, truth } = plant();
    const run = runForest(treeFiles(tree));
    await run.tick();
    expect((await run.tick()).builds).toHaveLength(2);
    const [first] = forest.builds;
    const [root = 0, ...others] = first?.pids ?? [];
    for (const pid of [root, ...others]) tree.removeProcess(pid);
    tree.addProcess({ pid: root, startTime: 9_000_000, uid: 1000, comm: 'vim', userTicks: 5_000_000 });
    const later = { ...truthOf(tree, forest, truth), builds: new Map([...truth.builds].slice(1)) };
    for (let i = 0; i < 3; i++) {
      tree.advance(1);
      const model = await run.tick();
      expect(contradictions(model, later)).toEqual([]);
      expect(model.builds.map((build) => build.name)).toEqual(['linux-6.12']);
    }
    run.close();
  });

  test("a compiler's pid goes to another compiler: its CPU time starts anew", async () => {
    const { tree, forest, truth } = plant();
    const compiler = forest.builds[0]?.pids[2] ?? 0;
    tree.update(compiler, { userTicks: 100_000 });
    const run = runForest(treeFiles(tree));
    await run.tick();
    tree.advance(1);
    await run.tick();
    const old = tree.process(compiler);
    tree.removeProcess(compiler);
    tree.addProcess({ ...old, startTime: 9_999_000, userTicks: 50, systemTicks: 0 });
    tree.advance(1);
    const model = await run.tick();
    expect(contradictions(model, truthOf(tree, forest, truth))).toEqual([]);
    const shown = model.builds[0]?.tree.find((process) => process.pid === compiler);
    expect(shown?.startTime).toBe(9_999_000);
    expect(shown?.cpuPercent ?? 0).toBeLessThanOrEqual(50);
    expect(model.builds[0]?.cpuPercent ?? 0).toBeLessThanOrEqual(50);
    run.close();
  });

  test("a bystander's pid goes to a builder", async () => {
    const { tree } = plant();
    const run = runForest(treeFiles(tree));
    await run.tick();
    await run.tick();
    tree.removeProcess(100_001);
    const forest = tree.addNixForest({ builds: [{ name: 'late-1.0', uid: 30009 }], firstPid: 100_001 - 4 });
    expect(forest.builds[0]?.pid).toBe(100_001);
    tree.update(100_001, { startTime: 9_999_000 });
    tree.advance(1);
    await run.tick();
    tree.advance(1);
    const model = await run.tick();
    expect(model.builds.find((build) => build.pid === 100_001)).toMatchObject({
      name: 'late-1.0',
      startTime: 9_999_000,
    });
    run.close();
  });
});

describe('names of processes', () => {
  const names: readonly (readonly [string, string | Buffer])[] = [
    ['spaces', 'a b  c '],
    ['a parenthesis', 'cc1) plus'],
    ['the end of a stat line', 'x) R 1 1 1 0'],
    ['a forged parent', 'x) S 3003 3003 '],
    ['a newline', 'two\nlines'],
    ['invalid UTF-8', Buffer.from([0x66, 0xff, 0xfe, 0x28, 0x80])],
    ['a character cut in two', Buffer.concat([Buffer.from('compilateur-'), Buffer.from([0xc3])])],
    ['nothing', ''],
    ['control characters', '\x1b[31m\x07\r'],
    ['only parentheses', ')))((('],
  ];

  test.for(names)('%s, in a build', async ([, comm]) => {
    const { tree, forest, truth } = plant();
    const compiler = forest.builds[0]?.pids[2] ?? 0;
    tree.update(compiler, { comm });
    const model = await watch(tree, truth, {});
    const shown = model.builds[0];
    expect(shown?.processes).toBe(6);
    expect(shown?.tree.find((process) => process.pid === compiler)).toMatchObject({ state: 'R', ppid: 3005 });
  });

  test.for(names)('%s, of a bystander', async ([, comm]) => {
    const { tree, forest, truth } = plant();
    tree.update(100_000, { comm, uid: 1000 });
    const model = await watch(tree, truth, {});
    expect(model.builds.map((build) => build.processes)).toEqual([6, 4]);
    expect(model.clients.map((client) => client.pid)).toEqual([forest.clients[0]?.pid]);
  });
});

describe('files', () => {
  const sync = ['stat', 'statm', 'io', 'status'];

  test.for([...sync, '/proc/uptime', '/proc/locks', '/proc/loadavg', '/proc/net/unix'])(
    '%s cut at every byte, anew at each tick',
    async (name) => {
      const { tree, forest, truth } = plant();
      for (const pid of forest.builds[0]?.pids ?? [])
        tree.update(pid, { readBytes: 123_456, writeBytes: 98_765 });
      let cut = -1;
      const cuts = (path: string) =>
        name.startsWith('/') ? path === name : path.endsWith(`/${name}`) && pidOf(path) !== null;
      const change = (path: string, content: string) =>
        cut >= 0 && cuts(path) ? content.slice(0, cut) : content;
      const run = runForest(hostileFiles(treeFiles(tree), { change }));
      await run.tick();
      await run.tick();
      const longest = name === 'status' ? 120 : name === '/proc/net/unix' ? 100 : 260;
      for (cut = 0; cut < longest; cut++) {
        tree.advance(1);
        const model = await run.tick();
        expect(contradictions(model, truth), `cut at ${cut}`).toEqual([]);
      }
      cut = -1;
      const model = await run.tick();
      expect(contradictions(model, truth)).toEqual([]);
      expect(model.builds.map((build) => build.name)).toEqual(['firefox-130.0', 'linux-6.12']);
      run.close();
    },
  );

  test.for(['cmdline', 'environ', 'mountinfo', 'status', '/etc/passwd', '/etc/group'])(
    '%s cut when it is read for the first time',
    async (name) => {
      const { tree, truth } = plant();
      const step = name.startsWith('/') ? 61 : 11;
      for (let cut = 0; cut < 450; cut += step) {
        const change = (path: string, content: string) =>
          path.endsWith(name) ? content.slice(0, cut) : content;
        const { builds } = await watch(tree, truth, { change });
        // Half a name is worse than none.
        for (const build of builds) expect([null, 'firefox-130.0', 'linux-6.12']).toContain(build.name);
      }
    },
  );

  const kinds = ['stat', 'statm', 'status', 'io', 'cmdline', 'environ', 'mountinfo', 'fd', 'cwd'];

  test.for(kinds)('%s empty', async (name) => {
    const { tree, truth } = plant();
    await watch(tree, truth, { change: (path, content) => (path.endsWith(`/${name}`) ? '' : content) });
  });

  test.for(kinds)('%s denied', async (name) => {
    const { tree, truth } = plant();
    const model = await watch(tree, truth, {
      denied: (path) => path.includes(`/${name}`) && pidOf(path) !== null,
    });
    const [build] = model.builds;
    if (name === 'io') expect(build).toMatchObject({ readBytesPerSec: null, writeBytesPerSec: null });
    if (name === 'statm') expect(build?.residentBytes).toBeNull();
    if (name === 'environ') expect(build).toMatchObject({ name: 'firefox-130.0', out: null });
  });

  test('everything about processes denied', async () => {
    const { tree, truth } = plant();
    const model = await watch(tree, truth, { denied: (path) => pidOf(path) !== null });
    expect(model.builds).toEqual([]);
    expect(model.daemon.residentBytes).toBeNull();
  });

  test('/proc itself denied', async () => {
    const { tree, truth } = plant();
    await watch(tree, truth, { denied: (path) => path === '/proc' });
  });

  test('every slow read past its deadline: the numbers are there, the names are not', async () => {
    const { tree, truth } = plant();
    const model = await watch(tree, truth, { late: (path) => pidOf(path) !== null });
    expect(model.builds.map((build) => [build.name, build.processes])).toEqual([
      [null, 6],
      [null, 4],
    ]);
    expect(model.builds.every((build) => (build.residentBytes ?? 0) > 0)).toBe(true);
  });

  test('a command line of 200 kB', async () => {
    const { tree, forest, truth } = plant();
    const compiler = forest.builds[0]?.pids[2] ?? 0;
    tree.update(compiler, { argv: ['ld', ...Array.from({ length: 20_000 }, (_, i) => `obj/${i}.o`)] });
    const model = await watch(tree, truth, {});
    const shown = model.builds[0]?.tree.find((process) => process.pid === compiler);
    expect(shown?.command).toMatch(/^ld obj/);
  });

  test('a command line that is no text', async () => {
    const { tree, forest, truth } = plant();
    const argv = Buffer.from([0xff, 0x00, 0x1b, 0x5b, 0x32, 0x4a, 0x00, 0x00, 0x0a, 0x0d]);
    for (const pid of forest.builds[0]?.pids ?? []) tree.update(pid, { argv });
    expect((await watch(tree, truth, {})).builds[0]?.name).toBe('firefox-130.0');
  });
});

describe('many processes', () => {
  test('10,000 bystanders change nothing and are not read again', async () => {
    const few = plant();
    const quiet = hostileFiles(treeFiles(few.tree), {});
    const many = plant();
    many.tree.addBystanders(10_000, 200_000);
    const loud = hostileFiles(treeFiles(many.tree), {});
    const reads: number[] = [];
    const models: Model[] = [];
    for (const files of [quiet, loud]) {
      const run = runForest(files);
      for (let i = 0; i < 4; i++) await run.tick();
      const before = files.reads();
      models.push(await run.tick());
      reads.push(files.reads() - before);
      run.close();
    }
    expect(contradictions(models[1] as Model, truthOf(many.tree, many.forest))).toEqual([]);
    expect(models[1]?.builds).toEqual(models[0]?.builds);
    expect(reads[1]).toBe(reads[0]);
  });
});
