/** The forest sampler on a made-up /proc: what a sample holds, what it costs, and what stays the same object. */
import { afterEach, describe, expect, test } from 'vitest';
import { fail } from '../../src/base/problem.ts';
import type { ForestRaw } from '../../src/model/sample.ts';
import type { Files, Ports } from '../../src/platform/ports.ts';
import { createForestSources } from '../../src/samplers/build-tree.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakePorts, fakeNative } from '../support/fake-ports.ts';
import { runForest, treeFiles } from '../support/forest-run.ts';
import { hostileFiles } from '../support/hostile-files.ts';
import { firstBuildUid } from '../support/proc-forest.ts';
import { createProcTree, type NixForestSpec, type ProcTree } from '../support/proc-tree.ts';

const trees: ProcTree[] = [];
afterEach(() => {
  for (const tree of trees.splice(0)) tree.dispose();
});

function plant(spec: NixForestSpec = {}): ProcTree {
  const tree = createProcTree();
  trees.push(tree);
  tree.addNixForest(spec);
  return tree;
}

function sampler(files: Files, uid = 0, lowDetail = { on: false }, native = fakeNative({ uid, pid: 1 })) {
  const clock = createFakeClock();
  const ports: Ports = {
    ...createFakePorts(),
    files,
    clock,
    native,
  };
  const sources = createForestSources(ports, lowDetail);
  const value = (sample: ReturnType<typeof sources.buildTree.sample>): ForestRaw => {
    if (!sample.forest?.ok) throw new Error('no forest');
    return sample.forest.value;
  };
  return {
    ...sources,
    clock,
    async tick(): Promise<ForestRaw> {
      clock.advance(1000);
      sources.buildTree.sample();
      const raw = value(sources.residentMemory.sample());
      await sources.settled();
      return raw;
    },
  };
}

test('a process whose first thread has ended lives in its others: their state, their memory', async () => {
  const tree = plant();
  const { tick } = sampler(treeFiles(tree));
  const [pid = 0] = tree.pids().filter((one) => tree.process(one).uid === firstBuildUid);
  await tick();
  tree.update(pid, { state: 'Z', threads: 3, residentBytes: 0 });
  const { stat, statm } = { stat: `/proc/${pid}/task/7001/stat`, statm: `/proc/${pid}/task/7001/statm` };
  tree.write(`/proc/${pid}/task/${pid}/stat`, tree.text(`/proc/${pid}/stat`));
  tree.write(stat, tree.text(`/proc/${pid}/stat`).replace(') Z ', ') S '));
  tree.write(statm, '9000 500 100 5 0 300 0\n');
  const seen = async () => (await tick()).processes.find((one) => one.pid === pid);
  expect(await seen()).toMatchObject({ state: 'S', residentBytes: 500 * 4096 });
  tree.write(stat, tree.text(stat).replace(') S ', ') T '));
  expect(await seen()).toMatchObject({ state: 'T' });
  tree.remove(`/proc/${pid}/task/7001`);
  tree.update(pid, { threads: 1 });
  expect(await seen()).toMatchObject({ state: 'Z', residentBytes: 0 });
});

test('facts that have come since are known without a second reading', async () => {
  const tree = plant({ builds: [{ name: 'firefox-130.0' }] });
  const { buildTree, settled, known } = sampler(treeFiles(tree));
  expect(known()).toBeUndefined();
  const { forest } = buildTree.sample();
  await settled();
  const later = known();
  const names = (read: typeof later) =>
    read?.ok
      ? read.value.processes.flatMap(({ facts: { environment } }) =>
          environment !== undefined && 'name' in environment ? environment.name : [],
        )
      : null;
  expect(names(forest)).toEqual([]);
  expect(names(later)).toEqual(['firefox-130.0']);
  const readAtMs = (read: typeof later) => (read?.ok ? read.value.treeAtMs : null);
  expect(readAtMs(later)).toBe(readAtMs(forest));
});

describe('cgroups of builds', () => {
  const unit = '/system.slice/nix-daemon.service';
  const at = '/sys/fs/cgroup';
  function grow(uid: number, cgroup: string) {
    const tree = plant();
    tree.write('/proc/self/mountinfo', `35 24 0:30 / ${at} rw,nosuid - cgroup2 cgroup2 rw\n`);
    tree.update(tree.pids().filter((pid) => tree.process(pid).uid === uid)[0] ?? 0, {
      cgroup: `0::${cgroup}\n`,
    });
    return tree;
  }
  const files = (tree: ProcTree, path: string, texts: Readonly<Record<string, string>>) => {
    for (const [name, text] of Object.entries(texts)) tree.write(`${at}${path}/${name}`, text);
  };

  test('its own and those above, with limits, and whether it stands still', async () => {
    const own = `${unit}/nix-build-uid-${firstBuildUid}`;
    const tree = grow(firstBuildUid, own);
    files(tree, own, { 'cgroup.events': 'populated 1\nfrozen 0\n', 'memory.current': '4096\n' });
    files(tree, unit, {
      'cgroup.events': 'populated 1\nfrozen 0\n',
      'memory.current': '8192\n',
      'memory.max': '9000\n',
      'memory.high': 'max\n',
      'memory.events.local': 'low 0\nhigh 1\nmax 7\noom 2\noom_kill 1\noom_group_kill 0\n',
      'memory.events': 'low 0\nhigh 1\nmax 7\noom 2\noom_kill 5\noom_group_kill 0\n',
    });
    const { tick } = sampler(treeFiles(tree));
    for (let ticks = 0; ticks < 4; ticks += 1) await tick();
    const found = (await tick()).cgroups ?? [];
    expect(found.map(({ path }) => path)).toEqual([own, unit, '/system.slice']);
    expect(found[0]).toMatchObject({ frozen: false, currentBytes: 4096, limitBytes: null, ooms: null });
    expect(found[1]).toMatchObject({
      limitBytes: 9000,
      highBytes: null,
      throttled: 1,
      limitHits: 7,
      ooms: 2,
      oomKills: 5,
    });
    files(tree, own, { 'cgroup.events': 'populated 1\nfrozen 1\n' });
    await tick();
    expect((await tick()).cgroups?.[0]?.frozen).toBe(true);
  });

  test('of a client, whose own limit ends its evaluation', async () => {
    const scope = '/user.slice/user-1000.slice/session-3.scope';
    const tree = grow(firstBuildUid, '/');
    const client = tree.pids().find((pid) => tree.process(pid).comm === 'nix-build') ?? 0;
    tree.update(client, { cgroup: `0::${scope}\n` });
    files(tree, scope, {
      'memory.current': '2122317824\n',
      'memory.max': '2122317824\n',
      'memory.events': 'low 0\nhigh 0\nmax 9\noom 3\noom_kill 3\n',
    });
    const { tick } = sampler(treeFiles(tree));
    for (let ticks = 0; ticks < 4; ticks += 1) await tick();
    const found = (await tick()).cgroups ?? [];
    expect(found.map(({ path }) => path)).toEqual([scope, '/user.slice/user-1000.slice', '/user.slice']);
    expect(found[0]).toMatchObject({ limitBytes: 2_122_317_824, oomKills: 3 });
  });

  test('are read for a while after the build, and then no more', async () => {
    const tree = grow(firstBuildUid, unit);
    const { tick } = sampler(treeFiles(tree));
    for (let ticks = 0; ticks < 3; ticks += 1) await tick();
    for (const pid of tree.pids()) if (tree.process(pid).cgroup !== '0::/\n') tree.removeProcess(pid);
    for (let ticks = 0; ticks < 10; ticks += 1) await tick();
    expect((await tick()).cgroups?.length).toBe(2);
    for (let ticks = 0; ticks < 10; ticks += 1) await tick();
    expect((await tick()).cgroups).toBeUndefined();
  });

  test('outside of our own namespace say nothing', async () => {
    const { tick } = sampler(treeFiles(grow(firstBuildUid, '/../../system.slice')));
    for (let ticks = 0; ticks < 3; ticks += 1) await tick();
    expect((await tick()).cgroups).toBeUndefined();
  });
});

test('Pss is read where the processes are said to hold more than the machine does, of the large ones', async () => {
  const tree = plant();
  const [first = 0, second = 0] = tree.pids().filter((pid) => tree.process(pid).uid === firstBuildUid);
  for (const [pid, thenMiB] of [
    [first, 300],
    [second, 700],
  ] as const) {
    tree.update(pid, { residentBytes: 300 << 20 });
    tree.write(
      `/proc/${pid}/smaps_rollup`,
      `00400000-7ffe ---p 0 00:00 0 [rollup]\nRss: ${thenMiB * 1024} kB\nPss: 160000 kB\n`,
    );
  }
  const held = tree.pids().reduce((sum, pid) => sum + tree.process(pid).residentBytes, 100 << 20);
  const kibibytes = (bytes: number) => `${Math.ceil(bytes / 1024)} kB`;
  tree.write('/proc/meminfo', `MemTotal: ${kibibytes(held + 2 ** 30)}\nMemFree: ${kibibytes(2 ** 30)}\n`);
  const { tick, residentMemory, buildTree } = sampler(treeFiles(tree));
  const sharesOf = async () =>
    (await tick()).processes.flatMap(({ proportionalBytes }) => proportionalBytes ?? []);
  await tick();
  expect(await sharesOf()).toEqual([]);
  tree.update(second, { residentBytes: 700 << 20 });
  for (let ticks = 0; ticks < 11; ticks += 1) await tick();
  expect(await sharesOf()).toEqual([160_000 * 1024, 160_000 * 1024]);
  // It is read anew after ten seconds; what a process takes until then is its own.
  tree.update(second, { residentBytes: 740 << 20 });
  expect(await sharesOf()).toContain(160_000 * 1024 + (40 << 20));
  // A copy that is about to run a program shares its pages for a moment.
  tree.write(`/proc/${second}/smaps_rollup`, `[rollup]\nRss: ${700 * 1024} kB\nPss: 80000 kB\n`);
  for (let ticks = 0; ticks < 11; ticks += 1) await tick();
  expect(await sharesOf()).toContain(160_000 * 1024 + (40 << 20));
  for (let ticks = 0; ticks < 11; ticks += 1) await tick();
  expect(await sharesOf()).toContain(80_000 * 1024 + (40 << 20));
  tree.update(second, { residentBytes: 300 << 20 });
  for (let ticks = 0; ticks < 61; ticks += 1) await tick();
  expect(await sharesOf()).toEqual([]);
  buildTree.close();
  residentMemory.close();
});

test('while details rest: no I/O, no command lines of ordinary processes; builds, memory and names go on', async () => {
  const tree = plant();
  const asked: string[] = [];
  const files = treeFiles(tree);
  const counting: Files = {
    ...files,
    keep(path) {
      if (path.endsWith('/io')) asked.push(path);
      return files.keep(path);
    },
    readSlow(path, options) {
      asked.push(path);
      return files.readSlow(path, options);
    },
  };
  const lowDetail = { on: true };
  const { tick, buildTree } = sampler(counting, 0, lowDetail);
  await tick();
  const spared = await tick();
  expect(
    spared.processes.every(({ readBytes, writeBytes }) => readBytes === null && writeBytes === null),
  ).toBe(true);
  expect(spared.processes.some(({ residentBytes }) => (residentBytes ?? 0) > 0)).toBe(true);
  expect(spared.processes.some(({ facts }) => facts.environment !== undefined)).toBe(true);
  expect(asked.filter((path) => path.endsWith('/io'))).toEqual([]);
  // What rests is read less often, never never.
  const locks = () => asked.filter((path) => path === '/proc/locks').length;
  expect(locks()).toBe(1);
  for (let scan = 0; scan < 8; scan += 1) await tick();
  expect(locks()).toBe(1);
  await tick();
  expect(locks()).toBe(2);
  lowDetail.on = false;
  // Who does nothing is looked at seldom.
  for (let scan = 0; scan < 4; scan += 1) await tick();
  const whole = await tick();
  expect(whole.processes.some(({ readBytes }) => readBytes !== null)).toBe(true);
  expect(asked).toContain('/proc/locks');
  buildTree.close();
});

test('five builds, two clients, within two ticks', async () => {
  const run = runForest(treeFiles(plant({ clients: 2 })));
  await run.tick();
  const model = await run.tick();
  expect(model.builds.map(({ name, namedBy, user }) => [name, namedBy, user])).toEqual([
    ['firefox-130.0', 'sandbox', 'nixbld1'],
    ['linux-6.12', 'sandbox', 'nixbld2'],
    ['llvm-18.1.8', 'sandbox', 'nixbld3'],
    ['rustc-1.80.1', 'sandbox', 'nixbld4'],
    ['webkitgtk-2.46.0+abi=4.1', 'sandbox', 'nixbld5'],
  ]);
  expect(model.clients.map(({ builds, phase }) => [builds, phase])).toEqual([
    [3, 'building'],
    [2, 'building'],
  ]);
  expect(model.workers.map(({ builds }) => builds)).toEqual([3, 2]);
  expect(model.daemon).toMatchObject({ running: true, socket: 'listening' });
  run.close();
});

describe('shapes of Nix', () => {
  test.for([
    ['2.8', {}],
    ['2.26', { builds: [{ name: 'a-1', layout: 'chroot/root' }] }],
    ['Lix', { lix: true }],
    ['direct', { direct: true }],
    [
      'no sandbox',
      {
        builds: [
          { name: 'a-1', sandbox: false },
          { name: 'a-1', sandbox: false },
        ],
      },
    ],
    ['no sandbox, direct', { direct: true, builds: [{ name: 'a-1', sandbox: false }] }],
    ['escapees', { builds: [{ name: 'a-1', sandbox: false, escapees: 3, zombies: 2 }] }],
  ] as readonly (readonly [string, NixForestSpec])[])(
    '%s: every build is named and has its client',
    async ([, spec]) => {
      const tree = createProcTree();
      trees.push(tree);
      const forest = tree.addNixForest(spec);
      const run = runForest(treeFiles(tree));
      await run.tick();
      const model = await run.tick();
      expect(
        model.builds.map(({ pid, name, clientPid, processes }) => [pid, name, clientPid, processes]),
      ).toEqual(forest.builds.map(({ pid, name, pids }) => [pid, name, forest.clients[0]?.pid, pids.length]));
      expect(model.clients.map(({ direct }) => direct)).toEqual([spec.direct ?? false]);
      expect(model.transfers).toEqual([]);
      run.close();
    },
  );
});

describe('as an ordinary user', () => {
  test('what the kernel refuses is null; nothing is asked of other users’ descriptors', async () => {
    const tree = plant({ builds: [{ name: 'a-1' }, { name: 'b-2', sandbox: false }], clientUid: 1000 });
    const denied = (path: string) => /^\/proc\/\d+\/(environ|io|fd|fdinfo|cwd|root)(\/|$)/.test(path);
    const asked: string[] = [];
    const run = runForest(hostileFiles(treeFiles(tree), { denied, before: (path) => asked.push(path) }), {
      uid: 1000,
    });
    for (let i = 0; i < 4; i += 1) await run.tick();
    const model = await run.tick();
    expect(
      model.builds.map(({ name, namedBy, cpuPercent, readBytesPerSec, lock }) => [
        name,
        namedBy,
        cpuPercent,
        readBytesPerSec,
        lock,
      ]),
    ).toEqual([
      ['a-1', 'sandbox', 0, null, null],
      // Owners of made-up directories are only given by root.
      process.getuid?.() === 0 ? ['b-2', 'directory', 0, null, null] : [null, null, 0, null, null],
    ]);
    expect(model.clients[0]).toMatchObject({ user: 'alice', builds: 2 });
    expect(asked.filter((path) => /\/(fd|temproots)/.test(path))).toEqual([]);
    run.close();
  });
});

describe('what a tick costs', () => {
  /** Files read by path: opened and closed each time. */
  async function costOf(tree: ProcTree): Promise<{ sync: string[]; slow: string[] }> {
    const real = treeFiles(tree);
    const sync: string[] = [];
    const slow: string[] = [];
    const files: Files = {
      ...real,
      live: true,
      read: (path) => {
        sync.push(path);
        return real.read(path);
      },
      list: (path) => {
        sync.push(path);
        return real.list(path);
      },
      readSlow: (path, options) => {
        slow.push(path);
        return real.readSlow(path, options);
      },
      listSlow: (path, options) => {
        slow.push(path);
        return real.listSlow(path, options);
      },
    };
    const { tick, buildTree } = sampler(files);
    for (let i = 0; i < 30; i += 1) {
      await tick();
      if (i < 19) [sync.length, slow.length] = [0, 0];
    }
    buildTree.close();
    return { sync, slow };
  }

  test('calm: the socket and the locks, nothing else', async () => {
    const { sync, slow } = await costOf(plant());
    const kinds = (paths: string[]) => [...new Set(paths.map((path) => path.replace(/\d+/, 'N')))].sort();
    expect(kinds(sync)).toEqual(['/proc/net/unix']);
    expect(kinds(slow)).toEqual(['/etc/group', '/etc/passwd', '/proc/locks']);
    expect(slow.filter((path) => path === '/proc/locks').length).toBeLessThanOrEqual(6);
  });

  test('the same with 2000 strangers', async () => {
    const quiet = await costOf(plant());
    const crowded = plant();
    crowded.addBystanders(2000);
    expect((await costOf(crowded)).sync).toEqual(quiet.sync);
  });
});

describe('what does not change is the same object', () => {
  test('records of processes that sleep, names of locks, build users', async () => {
    const tree = plant();
    const { tick, buildTree } = sampler(treeFiles(tree));
    for (let i = 0; i < 5; i += 1) await tick();
    const before = await tick();
    const compiler = before.processes.find(({ comm }) => comm === 'cc1plus')?.pid ?? 0;
    tree.update(compiler, { userTicks: 999 });
    const after = await tick();
    const moved = after.processes.filter((one, i) => one !== before.processes[i]);
    expect(moved.map(({ pid, userTicks }) => [pid, userTicks])).toEqual([[compiler, 999]]);
    expect(after.buildUsers).toBe(before.buildUsers);
    expect(after.lockPaths).toBe(before.lockPaths);
    buildTree.close();
  });

  test.for([
    ['memory', { residentBytes: 4096 * 77 }, { residentBytes: 4096 * 77 }],
    ['I/O', { writeBytes: 5, userTicks: 99 }, { writeBytes: 5 }],
    ['state', { state: 'D' }, { state: 'D' }],
    ['parent', { ppid: 1 }, { ppid: 1 }],
    ['threads', { threads: 9 }, { threads: 9 }],
    ['faults', { majorFaults: 9 }, { majorFaults: 9 }],
    ['children’s CPU', { childSystemTicks: 9 }, { childSystemTicks: 9 }],
    ['terminal', { tty: 34816 }, { tty: 34816 }],
    ['name', { comm: 'as' }, { comm: 'as' }],
    ['group', { pgrp: 7 }, { pgrp: 7 }],
  ] as const)('%s is never missed', async ([, change, expected]) => {
    const tree = plant({ builds: ['a-1'] });
    const { tick, buildTree } = sampler(treeFiles(tree));
    for (let i = 0; i < 3; i += 1) await tick();
    const before = await tick();
    const pid = before.processes.find(({ comm }) => comm === 'cc1plus')?.pid ?? 0;
    tree.update(pid, change);
    expect((await tick()).processes.find((one) => one.pid === pid)).toMatchObject(expected);
    buildTree.close();
  });
});

describe('who does nothing', () => {
  async function sleeping() {
    const tree = plant({ builds: ['a-1'] });
    const run = sampler(treeFiles(tree));
    for (let i = 0; i < 4; i += 1) await run.tick();
    const pid = (await run.tick()).processes.find(({ comm }) => comm === 'cc1plus')?.pid ?? 0;
    const seen = async () => (await run.tick()).processes.find((one) => one.pid === pid);
    return { ...run, tree, pid, seen };
  }

  test('is asked for its memory and I/O in every fourth scan', async () => {
    const { tree, pid, seen, buildTree } = await sleeping();
    tree.write(`/proc/${pid}/statm`, '9000 500 100 5 0 300 0\n');
    tree.write(`/proc/${pid}/io`, 'read_bytes: 7\nwrite_bytes: 8\n');
    const found = [await seen(), await seen(), await seen(), await seen()];
    expect(found.filter((one) => one?.residentBytes === 500 * 4096).length).toBeGreaterThan(0);
    expect(found.at(-1)).toMatchObject({ residentBytes: 500 * 4096, readBytes: 7, writeBytes: 8 });
    buildTree.close();
  });

  test('has its memory read at once where it may be in swap', async () => {
    const { tree, pid, seen, buildTree } = await sleeping();
    for (const pages of [400, 300, 200, 100]) {
      tree.write('/proc/vmstat', `pswpin 0\npswpout ${10_000 - pages}\npgmajfault 1\noom_kill 0\n`);
      tree.write(`/proc/${pid}/statm`, `9000 ${pages} 100 5 0 300 0\n`);
      expect(await seen()).toMatchObject({ residentBytes: pages * 4096 });
    }
    buildTree.close();
  });

  test('has its memory read at once where the processes themselves were not looked at', async () => {
    const { tree, pid, residentMemory, clock, buildTree } = await sleeping();
    for (const pages of [400, 300, 200, 100]) {
      clock.advance(500);
      tree.write(`/proc/${pid}/statm`, `9000 ${pages} 100 5 0 300 0\n`);
      const { forest } = residentMemory.sample();
      const found = forest?.ok ? forest.value.processes.find((one) => one.pid === pid) : undefined;
      expect(found).toMatchObject({ residentBytes: pages * 4096 });
    }
    buildTree.close();
  });
});

test('memory is read without the tree, the tree without memory', async () => {
  const tree = plant();
  const { buildTree, residentMemory, clock, tick } = sampler(treeFiles(tree));
  expect(residentMemory.sample().forest).toBeUndefined();
  await tick();
  const first = await tick();
  clock.advance(500);
  const memory = residentMemory.sample().forest;
  if (!memory?.ok) throw new Error('no forest');
  expect(memory.value.treeAtMs).toBe(first.treeAtMs);
  expect(memory.value.residentAtMs).toBe(first.residentAtMs + 500);
  clock.advance(500);
  const both = buildTree.sample().forest;
  if (!both?.ok) throw new Error('no forest');
  expect(both.value.treeAtMs).toBe(first.treeAtMs + 1000);
  expect(both.value.residentAtMs).toBe(first.residentAtMs + 500);
  buildTree.close();
});

test('a bug in a slow read is not lost: the next sample throws it', async () => {
  const files = treeFiles(plant());
  const broken: Files = { ...files, readSlow: () => Promise.reject(new Error('a bug')) };
  const { buildTree, settled, clock } = sampler(broken);
  buildTree.sample();
  await settled();
  clock.advance(1000);
  expect(() => buildTree.sample()).toThrow('a bug');
  buildTree.close();
});

test('everything it keeps open is closed again', async () => {
  let open = 0;
  const real = treeFiles(plant());
  const files: Files = {
    ...real,
    keep(path) {
      const kept = real.keep(path);
      open += 1;
      return {
        read: kept.read,
        close() {
          open -= 1;
          kept.close();
        },
      };
    },
  };
  const { tick, buildTree, residentMemory } = sampler(files);
  await tick();
  expect(open).toBeGreaterThan(60);
  buildTree.close();
  residentMemory.close();
  expect(open).toBe(0);
});

test.each([
  ['gone', true],
  ['denied', true],
  // Nobody is hidden where only no file can be opened.
  ['exhausted', false],
] as const)('the first process is %s: hidepid is %s', async (problem, hidden) => {
  const files = treeFiles(plant());
  const first = (path: string) => (path === '/proc/1/stat' ? fail(problem, path) : files.read(path));
  const run = sampler({ ...files, read: first }, 1000);
  expect((await run.tick()).hidden).toBe(hidden);
});

test.each([
  ['a user with the capabilities', 1000, [], true],
  ['a user', 1000, ['CAP_SYS_PTRACE', 'CAP_DAC_READ_SEARCH'], false],
  ["a container's root", 0, ['CAP_SYS_PTRACE'], false],
] as const)('%s: I/O of builds by what may be read, not by uid', async (_, uid, lacking, whole) => {
  const native = fakeNative({ uid, pid: 1, missing: () => lacking });
  const { tick } = sampler(treeFiles(plant()), uid, undefined, native);
  await tick();
  const raw = await tick();
  const builders = raw.processes.filter((process) => process.uid === firstBuildUid);
  expect(builders.length).toBeGreaterThan(0);
  expect(builders.every(({ readBytes }) => (readBytes !== null) === whole)).toBe(true);
  expect([raw.privileged, raw.missingPrivileges ?? []]).toEqual([whole, lacking]);
});
