/** What is asked once per process, when it is asked again, and what is never asked. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createFactFinder } from '../../src/samplers/fact-finder.ts';
import { readBuilder, readOpenFiles, readTempRoots } from '../../src/samplers/process-facts.ts';
import { createProcessTable, type ProcessTable } from '../../src/samplers/process-table.ts';
import { createSlowQueue, type SlowQueue } from '../../src/samplers/slow-queue.ts';
import { createFakeProc, type FakeProc } from '../support/fake-proc.ts';

let proc: FakeProc;
let table: ProcessTable;
let queue: SlowQueue;
let ask: () => void;
let uptimeSec: number;

beforeEach(() => {
  proc = createFakeProc({ live: false });
  queue = createSlowQueue();
  const isBuildUid = (uid: number) => uid >= 30001 && uid < 30033;
  table = createProcessTable({ files: proc.files, ticksPerSec: 100, isBuildUid });
  const facts = createFactFinder(proc.files, queue, isBuildUid);
  uptimeSec = 1000;
  ask = () => facts.ask(table.members, uptimeSec * 1000);
});

/** One tick, and all answers. */
async function tick(seconds = 1): Promise<void> {
  uptimeSec += seconds;
  proc.files.forget();
  table.scan(uptimeSec, uptimeSec * 1000);
  ask();
  await queue.idle();
}
const factsOf = (pid: number) => table.members.get(pid)?.facts;
const asked = (path: RegExp) => proc.files.count('readSlow', path);

describe('asked once', () => {
  beforeEach(() => {
    proc.put({ pid: 100, comm: 'nix-daemon', argv: ['nix-daemon', '--daemon'] });
    proc.put({ pid: 110, ppid: 100, comm: 'nix-daemon', argv: ['nix-daemon', '77', ''] });
    proc.put({
      pid: 120,
      ppid: 110,
      uid: 30001,
      comm: 'bash',
      argv: ['bash', '-e'],
      rootMount: '/nix/store/x.drv.chroot',
      environment: { name: 'a-1', NIX_BUILD_TOP: '/build', SECRET: 'x' },
    });
    proc.put({ pid: 121, ppid: 120, session: 120, uid: 30001, comm: 'make', argv: ['make'] });
  });

  test('tools and builders at first sight, their children when they have survived a scan', async () => {
    await tick();
    expect(factsOf(100)).toEqual({
      argv: ['nix-daemon', '--daemon'],
      statePlace: '259:1 /nix/var/nix',
      cgroup: { kind: 'gone', where: '/proc/100/cgroup' },
    });
    // Where it belongs is told by the daemon above.
    expect(factsOf(110)).toEqual({ argv: ['nix-daemon', '77', ''] });
    expect(factsOf(120)).toMatchObject({
      argv: ['bash', '-e'],
      rootMount: '/nix/store/x.drv.chroot',
      environment: { name: 'a-1', buildTop: '/build' },
    });
    expect(JSON.stringify(factsOf(120))).not.toContain('SECRET');
    expect(factsOf(121)).toEqual({});
    await tick();
    expect(factsOf(121)).toEqual({ argv: ['make'] });
  });

  test('of an outermost tool whether the pids it tells are of another namespace', async () => {
    const status = proc.files.read('/proc/100/status');
    if (!status.ok) throw new Error('it has a status');
    proc.files.set('/proc/100/status', `${status.value}NSpid:\t100\t6\n`);
    await tick();
    expect(factsOf(100)).toMatchObject({ nestedPids: true });
    expect(factsOf(110)).not.toHaveProperty('nestedPids');
  });

  test('never again while nothing changes', async () => {
    for (let i = 0; i < 3; i += 1) await tick();
    const before = factsOf(120);
    for (let i = 0; i < 50; i += 1) {
      await tick();
      expect(asked(/./)).toBe(0);
    }
    expect(factsOf(120)).toBe(before);
  });

  test('again for another program, and for another session', async () => {
    for (let i = 0; i < 3; i += 1) await tick();
    proc.put({ pid: 121, comm: 'cc1plus', argv: ['cc1plus', 'a.cc'] });
    await tick();
    expect(factsOf(121)).toEqual({ argv: ['cc1plus', 'a.cc'] });
    proc.put({ pid: 121, session: 121, argv: ['cc1plus', 'b.cc'] });
    await tick();
    expect(factsOf(121)).toMatchObject({ argv: ['cc1plus', 'b.cc'], environment: { name: null } });
  });

  test('denied is an answer', async () => {
    for (const name of ['cmdline', 'environ']) proc.files.set(`/proc/120/${name}`, { problem: 'denied' });
    await tick();
    expect(factsOf(120)).toMatchObject({ argv: { kind: 'denied' }, environment: { kind: 'denied' } });
    await tick(60);
    expect(asked(/\/120\//)).toBe(0);
  });
});

describe('asked again', () => {
  test('too late is not never: of a builder after two seconds, not before', async () => {
    proc.put({ pid: 120, uid: 30001, comm: 'bash' });
    for (const name of ['cmdline', 'environ']) proc.files.set(`/proc/120/${name}`, { hangs: true });
    await tick();
    expect(factsOf(120)).toMatchObject({ argv: { kind: 'timeout' }, rootMount: '/' });
    await tick();
    expect(asked(/\/120\//)).toBe(0);
    proc.files.set('/proc/120/cmdline', 'bash\0');
    proc.files.set('/proc/120/environ', 'name=a-1\0NIX_BUILD_TOP=/build\0');
    await tick(2);
    expect(factsOf(120)).toMatchObject({ argv: ['bash'], environment: { name: 'a-1' } });
  });

  test('of others after ten', async () => {
    proc.put({ pid: 121, ppid: 120, uid: 30001, session: 120, comm: 'make' });
    proc.files.set('/proc/121/cmdline', { hangs: true });
    await tick();
    await tick();
    expect(factsOf(121)).toMatchObject({ argv: { kind: 'timeout' } });
    proc.files.set('/proc/121/cmdline', 'make\0');
    for (let i = 0; i < 8; i += 1) {
      await tick();
      expect(asked(/\/121\//)).toBe(0);
    }
    await tick(2);
    expect(factsOf(121)).toMatchObject({ argv: ['make'] });
  });

  test('a worker whose title was not written yet', async () => {
    proc.put({ pid: 100, comm: 'nix-daemon', argv: ['nix-daemon', '--daemon'] });
    proc.put({ pid: 110, ppid: 100, comm: 'nix-daemon', argv: ['nix-daemon', '--daemon'] });
    await tick();
    proc.put({ pid: 110, argv: ['nix-daemon', '77', ''] });
    await tick();
    expect(factsOf(110)?.argv).toEqual(['nix-daemon', '77', '']);
  });

  test('a daemon whose workers have no titles is not asked for ever', async () => {
    proc.put({ pid: 100, comm: 'nix-daemon', argv: ['nix-daemon'] });
    proc.put({ pid: 110, ppid: 100, comm: 'nix-daemon', argv: ['nix-daemon'] });
    for (let i = 0; i < 5; i += 1) await tick();
    expect(asked(/./)).toBe(0);
  });

  test('no arguments in the middle of an exec; a zombie has none', async () => {
    proc.put({ pid: 120, comm: 'nix', argv: [] });
    proc.put({ pid: 121, comm: 'nix-build', state: 'Z' });
    await tick();
    proc.put({ pid: 120, argv: ['nix', 'build'] });
    await tick();
    expect(factsOf(120)?.argv).toEqual(['nix', 'build']);
    expect(asked(/\/121\//)).toBe(0);
  });
});

describe('answers that come too late for their process', () => {
  test('it has exec’ed meanwhile', async () => {
    proc.put({ pid: 120, comm: 'nix', argv: ['nix'] });
    table.scan(uptimeSec, 0);
    ask();
    proc.put({ pid: 120, comm: 'nix-build', argv: ['nix-build'] });
    table.scan(uptimeSec, 1);
    await queue.idle();
    expect(factsOf(120)).toEqual({});
  });

  test('it has ended, and its pid is another’s', async () => {
    proc.put({ pid: 120, comm: 'nix', argv: ['nix'] });
    table.scan(uptimeSec, 0);
    const member = table.members.get(120);
    ask();
    proc.end(120);
    await queue.idle();
    expect(member?.facts).toEqual({});
  });
});

test('a fork storm asks for some command lines in each scan, for all in time', async () => {
  proc.put({ pid: 120, uid: 30001, comm: 'bash' });
  for (let pid = 200; pid < 300; pid += 1) proc.put({ pid, ppid: 120, session: 120, uid: 30001, comm: 'cc' });
  await tick();
  const asking: number[] = [];
  for (let i = 0; i < 10; i += 1) {
    await tick();
    asking.push(asked(/cmdline/));
  }
  expect(Math.max(...asking)).toBeLessThanOrEqual(16);
  expect(asking.reduce((sum, n) => sum + n)).toBe(100);
});

describe('one process', () => {
  test('structured attributes', async () => {
    proc.put({
      pid: 9,
      environment: { NIX_BUILD_TOP: '/build', NIX_ATTRS_JSON_FILE: '/build/.attrs.json' },
    });
    proc.files.set(
      '/proc/9/root/build/.attrs.json',
      '{"name": "a-1", "outputs": {"out": "/nix/store/x-a-1"}}',
    );
    const { environment } = await readBuilder(proc.files, 9);
    expect(environment).toMatchObject({ name: 'a-1', out: '/nix/store/x-a-1', buildTop: '/build' });
    proc.files.remove('/proc/9/root/build/.attrs.json');
    expect((await readBuilder(proc.files, 9)).environment).toMatchObject({ name: null, buildTop: '/build' });
  });

  test('open files: logs, locks with their inodes, temporary roots; known locks and the rest are left out', async () => {
    const log = '/nix/var/log/nix/drvs/3w/mfikm3-x.drv.bz2';
    proc.put({
      pid: 9,
      fds: {
        0: '/dev/null',
        3: 'socket:[1]',
        4: log,
        5: '/nix/store/a-x.lock',
        6: '/nix/var/nix/userpool/30001',
        7: '/nix/var/nix/temproots/9',
        8: '/nix/store/b-y.lock',
        9: '/nix/var/nix/db/big-lock',
        10: '/nix/store/c-z.lock (deleted)',
        11: '/nix/store/a-blocker/lib/x.so',
      },
    });
    for (const fd of [5, 6, 8, 9]) proc.files.set(`/proc/9/fdinfo/${fd}`, `pos:\t0\nino:\t${100 + fd}\n`);
    const open = await readOpenFiles(proc.files, 9, new Set(['/nix/store/b-y.lock']));
    expect(open).toMatchObject({
      ok: true,
      value: { logs: [log], tempRootsFile: '/nix/var/nix/temproots/9' },
    });
    expect(open.ok && [...open.value.lockFiles]).toEqual([
      ['105', '/nix/store/a-x.lock'],
      ['106', '/nix/var/nix/userpool/30001'],
      ['109', '/nix/var/nix/db/big-lock'],
    ]);
  });

  test('denied', async () => {
    proc.files.set('/proc/9/fd', { problem: 'denied' });
    expect(await readOpenFiles(proc.files, 9, new Set())).toMatchObject({
      ok: false,
      problem: { kind: 'denied' },
    });
    proc.files.set('/nix/var/nix/temproots/9', { problem: 'denied' });
    expect(await readTempRoots(proc.files, '/nix/var/nix/temproots/9')).toMatchObject({ kind: 'denied' });
  });
});
