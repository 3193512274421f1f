/** Locks of the forest: what is read of them, how often, and what their holders are asked. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createForestLocks, type ForestLocks } from '../../src/samplers/forest-locks.ts';
import { createProcessTable, type ProcessTable } from '../../src/samplers/process-table.ts';
import { createSlowQueue, type SlowQueue } from '../../src/samplers/slow-queue.ts';
import { createFakeProc, type FakeProc } from '../support/fake-proc.ts';

const a = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-firefox-130.0';
const b = '/nix/store/3wmfikm3n44rdwmpi7153c5fvg947nsg-llvm-18';

let proc: FakeProc;
let table: ProcessTable;
let queue: SlowQueue;
let locks: ForestLocks;
let nowMs: number;
let rows: Map<string, string>;
let open: Map<number, Record<number, string>>;

function start(named = true): void {
  proc = createFakeProc({ live: false });
  queue = createSlowQueue();
  table = createProcessTable({ files: proc.files, ticksPerSec: 100, isBuildUid: (uid) => uid === 30001 });
  locks = createForestLocks(proc.files, queue, named);
  nowMs = 1_000_000;
  rows = new Map();
  open = new Map();
  proc.files.set('/proc/locks', '');
  proc.put({ pid: 100, comm: 'nix-daemon' });
  for (const pid of [110, 111]) {
    proc.put({ pid, ppid: 100, comm: 'nix-daemon' });
    hold(pid, `/nix/var/nix/temproots/${pid}`, pid);
  }
}
beforeEach(() => start());

/** Process `pid` opens and locks a file with this inode. */
function hold(pid: number, path: string, inode: number): void {
  const fds = { ...open.get(pid), [inode]: path };
  open.set(pid, fds);
  proc.put({ pid, fds });
  proc.files.set(`/proc/${pid}/fdinfo/${inode}`, `pos:\t0\nino:\t${inode}\n`);
  row(`${pid} ${inode}`, `1: FLOCK  ADVISORY  WRITE ${pid} fe:00:${inode} 0 EOF`);
}
function release(pid: number, inode: number): void {
  proc.files.remove(`/proc/${pid}/fd/${inode}`);
  row(`${pid} ${inode}`, null);
}
function row(key: string, text: string | null): void {
  if (text === null) rows.delete(key);
  else rows.set(key, text);
  proc.files.set('/proc/locks', [...rows.values()].map((one) => `${one}\n`).join(''));
}
const wants = (pid: number, ...roots: string[]) =>
  proc.files.set(`/nix/var/nix/temproots/${pid}`, roots.map((root) => `${root}\0`).join(''));

async function tick(seconds = 1): Promise<void> {
  nowMs += seconds * 1000;
  proc.files.forget();
  table.scan(nowMs / 1000, nowMs);
  locks.update(table.members, nowMs);
  await queue.idle();
}
const factsOf = (pid: number) => table.members.get(pid)?.facts;
const looks = (pid: number) => proc.files.count('listSlow', `/proc/${pid}/fd`);

describe('how often', () => {
  test('never in the main thread, every two seconds', async () => {
    const reads: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      await tick();
      reads.push(proc.files.count('readSlow', '/proc/locks'));
      expect(proc.files.count('read', '/proc/locks')).toBe(0);
    }
    expect(reads).toEqual([1, 0, 1, 0, 1, 0]);
  });

  test('not at all while nobody can hold one', async () => {
    for (const pid of [110, 111]) proc.end(pid);
    for (let i = 0; i < 5; i += 1) {
      await tick();
      expect(proc.files.count('readSlow')).toBe(0);
    }
  });

  test('what is held is forgotten when the last client has gone', async () => {
    hold(110, `${a}.lock`, 11);
    await tick();
    expect(locks.held.length).toBeGreaterThan(0);
    for (const pid of [110, 111]) proc.end(pid);
    await tick(3);
    expect(locks.held).toEqual([]);
  });

  test('holders are looked at when their locks change, once more for their logs, and then no more', async () => {
    hold(110, `${a}.lock`, 11);
    proc.put({ pid: 110, fds: { ...open.get(110), 5: `/nix/var/log/nix/drvs/0c/${a.slice(13)}.drv.bz2` } });
    const seen: number[] = [];
    for (let i = 0; i < 20; i += 1) {
      await tick(2);
      seen.push(looks(110));
    }
    expect(seen.slice(0, 4).reduce((sum, n) => sum + n)).toBe(2);
    expect(seen.slice(4)).toEqual(seen.slice(4).map(() => 0));
    expect(factsOf(110)?.openLogs).toHaveLength(1);
  });

  test('locks of its database come and go without any of that', async () => {
    hold(110, `${a}.lock`, 11);
    proc.put({ pid: 110, fds: { ...open.get(110), 5: `/nix/var/log/nix/drvs/0c/${a.slice(13)}.drv.bz2` } });
    for (let i = 0; i < 5; i += 1) await tick(2);
    for (let i = 0; i < 5; i += 1) {
      row('db', `9: POSIX  ADVISORY  READ 110 fe:00:${900 + i} 128 128`);
      await tick(2);
      expect(looks(110)).toBe(0);
    }
    expect(locks.held.every(({ kind }) => kind === 'FLOCK')).toBe(true);
  });
});

describe('names of locks', () => {
  test('from the descriptors of those who hold them, as long as they are held', async () => {
    hold(110, `${a}.lock`, 11);
    await tick();
    expect(locks.paths['fe:00:11']).toBe(`${a}.lock`);
    const { paths } = locks;
    await tick(2);
    expect(locks.paths).toEqual(paths);
    release(110, 11);
    await tick(2);
    expect(locks.paths['fe:00:11']).toBeUndefined();
  });

  test('the same file with a new inode', async () => {
    hold(110, `${a}.lock`, 11);
    await tick();
    release(110, 11);
    hold(111, `${a}.lock`, 12);
    await tick(2);
    expect(locks.paths).toMatchObject({ 'fe:00:12': `${a}.lock` });
    expect(locks.paths['fe:00:11']).toBeUndefined();
  });

  test('without privilege: rows, no names, nobody is looked at', async () => {
    start(false);
    hold(110, `${a}.lock`, 11);
    await tick();
    expect(locks.held.map(({ pid }) => pid)).toContain(110);
    expect(locks.paths).toEqual({});
    expect(looks(110)).toBe(0);
  });

  test('locks of others do not count, those who share a file with us do', async () => {
    row('foreign', '7: FLOCK  ADVISORY  WRITE 7000 fe:00:700 0 EOF');
    row('gc', '8: FLOCK  ADVISORY  WRITE 7001 fe:00:800 0 EOF');
    row('gc waits', '8: -> FLOCK  ADVISORY  READ 110 fe:00:800 0 EOF');
    await tick();
    expect(locks.held.map(({ pid, waiting }) => [pid, waiting])).toEqual([
      [110, false],
      [111, false],
      [7001, false],
      [110, true],
    ]);
  });
});

describe('who wants what', () => {
  test('a temporary root that somebody else has locked; its own are not', async () => {
    hold(110, `${a}.lock`, 11);
    hold(111, `${b}.lock`, 12);
    wants(110, a, '/nix/store/x.drv');
    wants(111, b, a);
    await tick();
    await tick(3);
    expect(factsOf(111)?.tempRoots).toEqual([a]);
    expect(factsOf(110)?.tempRoots).toEqual([]);
    release(110, 11);
    await tick(4);
    expect(factsOf(111)?.tempRoots).toEqual([]);
  });

  test('known at the first look, whoever is looked at first', async () => {
    hold(111, `${a}.lock`, 11);
    wants(110, a);
    wants(111, a);
    await tick();
    expect(factsOf(110)?.tempRoots).toEqual([a]);
    expect(factsOf(111)?.tempRoots).toEqual([]);
  });

  test('temporary roots are not read while nobody else holds an output', async () => {
    hold(110, `${a}.lock`, 11);
    wants(110, a);
    wants(111, b);
    await tick();
    await tick(3);
    expect(proc.files.count('readSlow', '/nix/var/nix/temproots/110')).toBe(0);
    expect(factsOf(110)?.tempRoots).toEqual([]);
  });
});

describe('what is being written', () => {
  test('a locked path, as soon as it is there', async () => {
    hold(110, `${a}.lock`, 11);
    await tick();
    expect(factsOf(110)?.writing).toEqual([]);
    proc.files.set(`${a}/bin/x`, '');
    await tick(2);
    await tick(2);
    expect(factsOf(110)?.writing).toEqual([a]);
    release(110, 11);
    await tick(2);
    expect(factsOf(110)?.writing).toEqual([]);
  });

  test('hundreds that wait for a build user are not all asked for', async () => {
    for (let i = 0; i < 300; i += 1) {
      hold(110, `/nix/store/${String(i).padStart(32, '0')}-p.lock`, 1000 + i);
    }
    await tick();
    expect(proc.files.count('ownerSlow')).toBeLessThanOrEqual(64);
  });

  test('derivations and other locks are no outputs', async () => {
    hold(110, `${a}.drv.lock`, 11);
    hold(110, '/nix/var/nix/gc.lock', 12);
    await tick();
    expect(proc.files.count('ownerSlow')).toBe(0);
    expect(locks.paths).toMatchObject({ 'fe:00:12': '/nix/var/nix/gc.lock' });
  });
});

test('descriptors denied: told so', async () => {
  proc.put({ pid: 112, ppid: 100, comm: 'nix-daemon' });
  hold(112, `${a}.lock`, 11);
  proc.files.set('/proc/112/fd', { problem: 'denied' });
  await tick();
  expect(factsOf(112)).toMatchObject({ openLogs: { kind: 'denied' }, writing: { kind: 'denied' } });
});
