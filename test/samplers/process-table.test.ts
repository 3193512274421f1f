/** Which processes are of Nix, and what it costs to know: every read is counted. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createProcessTable, type ProcessTable } from '../../src/samplers/process-table.ts';
import { createFakeProc, type FakeProc } from '../support/fake-proc.ts';

const buildUids = new Set<number>();
let proc: FakeProc;
let table: ProcessTable;
let uptimeSec: number;
let nowMs: number;

beforeEach(() => {
  open();
});

function open(options: { readonly live?: boolean } = {}): void {
  buildUids.clear();
  for (const uid of [30001, 30002]) buildUids.add(uid);
  proc = createFakeProc(options);
  table = createProcessTable({
    files: proc.files,
    ticksPerSec: 100,
    isBuildUid: (uid) => buildUids.has(uid),
  });
  uptimeSec = 1000;
  nowMs = 0;
}

/** Scans `seconds` later; says which files were read. */
function scan(seconds = 1): void {
  uptimeSec += seconds;
  nowMs += seconds * 1000;
  proc.files.forget();
  table.scan(uptimeSec, nowMs);
}

/** Clock ticks of a start just now. */
const justNow = () => Math.round(uptimeSec * 100);
const members = () => [...table.members.keys()].sort((a, b) => a - b);
const reasons = () => Object.fromEntries([...table.members.values()].map(({ pid, reason }) => [pid, reason]));

describe('who is in', () => {
  test('by name, by uid, by parent; ascending or not', () => {
    proc.put({ pid: 100, comm: 'nix-daemon' });
    proc.put({ pid: 110, ppid: 100, comm: 'nix-daemon' });
    proc.put({ pid: 120, ppid: 110, comm: 'bash', uid: 30001 });
    proc.put({ pid: 121, ppid: 120, comm: 'make', uid: 30001 });
    proc.put({ pid: 130, uid: 30002 });
    proc.put({ pid: 131, ppid: 130, uid: 0 });
    proc.put({ pid: 50, comm: 'vim', uid: 1000 });
    scan();
    expect(reasons()).toEqual({
      100: 'tool',
      110: 'child',
      120: 'child',
      121: 'child',
      130: 'uid',
      131: 'child',
    });
    expect(table.total).toBe(7);
  });

  test('a child with a smaller pid than its parent is in one scan later at the latest, if it is young', () => {
    scan();
    proc.put({ pid: 400, comm: 'nix-build', startTime: justNow() });
    proc.put({ pid: 301, ppid: 400, comm: 'sh', startTime: justNow() });
    proc.handOut(301);
    scan();
    scan();
    expect(members()).toEqual([301, 400]);
  });

  test('kernel threads and other strangers are not', () => {
    proc.put({ pid: 2, ppid: 0, pgrp: 0, session: 0, comm: 'kthreadd' });
    proc.put({ pid: 3, ppid: 2, pgrp: 0, session: 0, comm: 'nixd' });
    scan();
    expect(members()).toEqual([]);
    expect(proc.files.count('read', /status$/)).toBe(0);
  });
});

describe('what it costs', () => {
  test.each([
    ['a kernel thread becomes no program: it is never read again', 0, 0],
    ['a shell may', 60, 1],
  ])('%s', (_, pgrp, times) => {
    proc.put({ pid: 60, ppid: 2, pgrp, session: pgrp, comm: 'kworker/0:1', startTime: 1000 });
    scan();
    let reads = 0;
    // Half of its age later.
    for (let i = 0; i < 60; i += 1) {
      scan(10);
      reads += proc.reads(60);
    }
    expect(reads).toBe(times);
  });

  test('a calm machine: one stat of each member, no listing, nothing of others', () => {
    proc.put({ pid: 100, comm: 'nix-daemon' });
    for (let pid = 1000; pid < 2000; pid += 1) proc.put({ pid, uid: 1000 });
    proc.handOut(2000);
    scan();
    expect(proc.files.count('list')).toBe(1);
    expect(table.nonNixReads).toBe(1001);
    for (let i = 0; i < 3; i += 1) {
      scan();
      expect(proc.files.calls.map(({ path }) => path).sort()).toEqual(['/proc/100/stat', '/proc/loadavg']);
      expect(table.nonNixReads).toBe(0);
    }
  });

  test('a busy machine: new pids are read until they have settled, then ever more rarely', () => {
    for (let pid = 1000; pid < 1100; pid += 1) proc.put({ pid, uid: 1000 });
    proc.handOut(2000);
    scan();
    proc.put({ pid: 2001, uid: 1000, startTime: justNow() });
    proc.handOut(2001);
    const reads: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      scan();
      reads.push(proc.reads(2001));
      for (let pid = 1000; pid < 1100; pid += 1) expect(proc.reads(pid)).toBe(0);
    }
    // stat and status at ages of one and of two seconds, then stat alone.
    expect(reads).toEqual([2, 2, 1, 0, 1]);
    let later = 0;
    for (let i = 0; i < 3600; i += 1) {
      scan();
      later += proc.reads(2001);
    }
    expect(later).toBe(16);
  });

  test('of many that are due in one second the others wait', () => {
    scan();
    for (let pid = 1000; pid < 1200; pid += 1) proc.put({ pid, uid: 1000, startTime: justNow() });
    proc.handOut(1200);
    scan(3);
    expect(table.nonNixReads).toBe(200);
    const reads: number[] = [];
    for (let i = 0; i < 5; i += 1) {
      scan();
      reads.push(table.nonNixReads);
    }
    expect(Math.max(...reads)).toBe(50);
    for (let pid = 1000; pid < 1200; pid += 1) proc.put({ pid, comm: 'nix-build' });
    for (let i = 0; i < 15; i += 1) scan();
    expect(members()).toHaveLength(200);
  });

  test('of 10,000 strangers the uid is read in several scans, of none twice', () => {
    for (let pid = 1000; pid < 11_000; pid += 1) proc.put({ pid, uid: 1000 });
    proc.handOut(20_000);
    const statuses: number[] = [];
    for (let i = 0; i < 6; i += 1) {
      scan();
      statuses.push(proc.files.count('read', /status$/));
    }
    expect(Math.max(...statuses)).toBeLessThanOrEqual(3001);
    expect(statuses.reduce((sum, n) => sum + n)).toBe(10_000);
    expect(statuses.at(-1)).toBe(0);
  });

  test('an escapee among them is found then', () => {
    for (let pid = 1000; pid < 9000; pid += 1) proc.put({ pid, uid: 1000 });
    proc.put({ pid: 9000, uid: 30001 });
    proc.handOut(20_000);
    for (let i = 0; i < 5; i += 1) scan();
    expect(members()).toEqual([9000]);
  });

  test('not live (a captured tree): listed every time, settled ones not read', () => {
    open({ live: false });
    proc.put({ pid: 1000, uid: 1000 });
    scan();
    scan();
    expect(proc.files.count('list')).toBe(1);
    expect(proc.reads(1000)).toBe(0);
  });

  test('files of those who left are closed', () => {
    for (const pid of [100, 101, 102]) proc.put({ pid, comm: 'nix' });
    scan();
    const open = proc.files.kept;
    expect(open).toBe(1 + 3 * 2);
    proc.end(101);
    scan();
    expect(proc.files.kept).toBe(open - 2);
    table.close();
    expect(proc.files.kept).toBe(0);
  });
});

describe('among thousands, new numbers are looked at', () => {
  beforeEach(() => {
    for (let pid = 1000; pid < 3000; pid += 1) proc.put({ pid, uid: 1000 });
    proc.handOut(5000);
    scan();
    scan();
  });
  const listed = () => proc.files.count('list');

  test('and /proc is not listed, but now and then, so that who ended is forgotten', () => {
    const lists: number[] = [];
    for (let i = 1; i <= 30; i += 1) {
      proc.put({ pid: 5000 + i, ppid: 1, comm: 'nix-build', startTime: justNow() });
      proc.handOut(5000 + i);
      scan();
      lists.push(listed());
      expect(members()).toHaveLength(i);
    }
    expect(lists.reduce((sum, n) => sum + n)).toBe(3);
  });

  test('a parent before its children', () => {
    proc.put({ pid: 5001, comm: 'nix-build', startTime: justNow() });
    proc.put({ pid: 5002, ppid: 5001, comm: 'sh', startTime: justNow() });
    proc.put({ pid: 5003, ppid: 5002, comm: 'git', startTime: justNow() });
    proc.handOut(5003);
    scan();
    expect([members(), listed()]).toEqual([[5001, 5002, 5003], 0]);
  });

  test('a thread is no process', () => {
    proc.put({ pid: 5001, comm: 'nix-build', startTime: justNow() });
    const stat = proc.files.read('/proc/5001/stat');
    if (!stat.ok) throw new Error('stat');
    const thread = stat.value.replace('5001', '5002').replace(' 0 0 17 0 ', ' 0 0 -1 0 ');
    proc.files.set('/proc/5002/stat', thread);
    proc.handOut(5002);
    scan();
    expect([members(), listed()]).toEqual([[5001], 0]);
    proc.files.forget();
    scan();
    expect(proc.reads(5002)).toBe(0);
  });

  test('one whose number was handed out before it could be seen, though nobody came since', () => {
    proc.handOut(5002);
    scan();
    expect(members()).toEqual([]);
    proc.put({ pid: 5001, comm: 'nix-build', startTime: justNow() });
    scan();
    expect([members(), listed()]).toEqual([[5001], 0]);
  });

  test('a stranger’s number that somebody else has now', () => {
    proc.put({ pid: 5001, uid: 1000, startTime: justNow() });
    proc.handOut(5001);
    for (let i = 0; i < 5; i += 1) scan();
    proc.end(5001);
    proc.handOut(4990);
    scan();
    proc.put({ pid: 5001, comm: 'nix', startTime: justNow() });
    proc.handOut(5002);
    scan();
    expect(members()).toEqual([5001]);
  });

  test('the newest pid passes thousands of strangers: looked at in several scans, each once and without its uid', () => {
    proc.handOut(900);
    scan();
    proc.end(2999);
    proc.put({ pid: 2999, comm: 'nix-daemon', startTime: justNow() });
    proc.handOut(3001);
    const looked: string[] = [];
    for (let i = 0; i < 4; i++) {
      expect(members()).toEqual([]);
      scan();
      looked.push(...proc.files.calls.map(({ path }) => path).filter((path) => /^\/proc\/[12]/.test(path)));
      expect(looked.length).toBeLessThanOrEqual(520 * (i + 1));
    }
    expect(members()).toEqual([2999]);
    expect(looked.filter((path) => path.endsWith('/status'))).toEqual(['/proc/2999/status']);
    expect(new Set(looked.filter((path) => path.endsWith('/stat'))).size).toBe(2000);
    scan();
    expect(table.nonNixReads).toBe(0);
  });

  test('a stranger’s number that a parent has now, and its child’s, in the same scan', () => {
    proc.handOut(2998);
    for (let i = 0; i < 5; i++) scan();
    proc.end(2999);
    proc.put({ pid: 2999, comm: 'nix-build', startTime: justNow() });
    proc.put({ pid: 3000, ppid: 2999, comm: 'sh', startTime: justNow() });
    proc.handOut(3000);
    scan();
    expect(members()).toEqual([2999, 3000]);
  });

  test('a stranger’s number that was handed out before its new owner could be seen', () => {
    proc.handOut(2998);
    for (let i = 0; i < 5; i++) scan();
    proc.end(2999);
    proc.handOut(2999);
    scan();
    proc.put({ pid: 2999, comm: 'nix-build', startTime: justNow() });
    scan();
    expect(members()).toEqual([2999]);
  });

  test('more numbers than a listing costs: it is listed', () => {
    proc.put({ pid: 5900, comm: 'nix', startTime: justNow() });
    proc.handOut(6000);
    scan();
    expect([members(), listed()]).toEqual([[5900], 1]);
  });
});

describe('who comes', () => {
  test('a new pid in the next scan', () => {
    scan();
    proc.put({ pid: 301, comm: 'nix-build', startTime: justNow() });
    proc.handOut(301);
    scan();
    expect(members()).toEqual([301]);
  });

  test('a shell that execs into nix-build within the settle time', () => {
    scan();
    proc.put({ pid: 301, comm: 'bash', startTime: justNow(), uid: 1000 });
    proc.handOut(301);
    scan();
    expect(members()).toEqual([]);
    proc.put({ pid: 301, comm: 'nix-build' });
    scan();
    expect(members()).toEqual([301]);
  });

  test('one that could not be read because files ran out is read again, and not settled unseen', () => {
    scan();
    proc.put({ pid: 301, comm: 'nix-build', startTime: justNow() });
    proc.files.set('/proc/301/stat', { problem: 'exhausted' });
    proc.handOut(301);
    scan(5);
    expect(members()).toEqual([]);
    proc.put({ pid: 301 });
    scan(5);
    expect(members()).toEqual([301]);
  });

  test.for([
    [5, 7],
    [20, 30],
    [600, 900],
  ] as const)(
    'a shell that execs into an evaluator after %i s, within %i s of its birth',
    ([execAt, inBy]) => {
      scan();
      proc.put({ pid: 301, comm: 'bash', startTime: justNow(), uid: 1000 });
      proc.handOut(301);
      for (let age = 1; age <= execAt; age += 1) scan();
      proc.put({ pid: 301, comm: 'nix-instantiate' });
      let age = execAt;
      while (members().length === 0 && age <= inBy) {
        scan();
        age += 1;
      }
      expect(members()).toEqual([301]);
    },
  );

  test('one that execs late and starts another before it is looked at: found above its first tool child', () => {
    proc.put({ pid: 200, comm: 'doas', uid: 0 });
    scan(5);
    proc.put({ pid: 200, comm: 'nixos-rebuild' });
    scan();
    expect(members()).toEqual([]);
    proc.put({ pid: 302, ppid: 201, comm: 'nix', startTime: justNow() });
    proc.put({ pid: 201, ppid: 200, comm: 'bash' });
    proc.handOut(302);
    scan();
    expect(members()).toEqual([200, 302]);
  });

  test('children inherit, and theirs', () => {
    proc.put({ pid: 100, comm: 'nix-build' });
    scan();
    proc.put({ pid: 301, ppid: 100, comm: 'git', startTime: justNow() });
    proc.put({ pid: 302, ppid: 301, comm: 'ssh', startTime: justNow() });
    proc.handOut(302);
    scan();
    expect(members()).toEqual([100, 301, 302]);
  });
});

describe('pids that are given to others', () => {
  test.for([
    ['in the middle', 5000, 5100, 5050],
    ['the newest', 5000, 5100, 5100],
    ['past the wrap', 32_000, 400, 399],
    ['before the wrap', 32_000, 400, 32_700],
  ] as const)('a stranger’s pid goes to a builder: %s', ([, before, after, pid]) => {
    proc.put({ pid, uid: 1000 });
    proc.handOut(before);
    scan(5);
    expect(members()).toEqual([]);
    proc.put({ pid, uid: 30001, startTime: justNow() });
    proc.handOut(after);
    scan();
    expect(members()).toEqual([pid]);
  });

  test('numbers outside of the range are not read', () => {
    for (const pid of [4999, 5000, 5101, 300]) proc.put({ pid, uid: 1000 });
    proc.handOut(5000);
    scan(5);
    proc.handOut(5100);
    scan();
    expect(table.nonNixReads).toBe(0);
  });

  test('a member’s pid goes to somebody else', () => {
    proc.put({ pid: 100, comm: 'nix-build' });
    scan();
    proc.end(100);
    proc.put({ pid: 100, comm: 'vim', uid: 1000, startTime: justNow() });
    proc.handOut(100);
    scan();
    expect(members()).toEqual([]);
    proc.end(100);
    proc.put({ pid: 100, comm: 'nix-shell', startTime: justNow() + 5 });
    proc.handOut(99);
    scan();
    expect(table.members.get(100)?.stat).toMatchObject({ comm: 'nix-shell', startTime: justNow() - 95 });
  });

  test('the same, where kept files do not notice (a captured tree)', () => {
    open({ live: false });
    proc.put({ pid: 100, comm: 'nix-build' });
    scan();
    proc.put({ pid: 100, comm: 'nix-shell', startTime: justNow() });
    scan();
    expect(table.members.get(100)).toMatchObject({ scans: 0, stat: { comm: 'nix-shell' } });
  });

  test('after a long gap everybody is looked at again', () => {
    proc.put({ pid: 1000, uid: 1000 });
    scan(5);
    proc.put({ pid: 1000, comm: 'nix-build' });
    scan(19);
    expect(members()).toEqual([]);
    scan(20);
    expect(members()).toEqual([1000]);
  });

  test('loadavg unreadable for a while: nothing is lost', () => {
    proc.put({ pid: 5050, uid: 1000 });
    proc.handOut(5000);
    scan(5);
    proc.files.set('/proc/loadavg', { problem: 'denied' });
    proc.put({ pid: 5050, uid: 30001, startTime: justNow() });
    proc.put({ pid: 5060, comm: 'nix', startTime: justNow() });
    scan();
    expect(members()).toEqual([5060]);
    proc.handOut(5100);
    scan();
    expect(members()).toEqual([5050, 5060]);
  });

  test('a pid that ends and comes back between two listings of a stranger', () => {
    proc.put({ pid: 400, uid: 1000 });
    proc.handOut(500);
    scan(5);
    proc.end(400);
    proc.handOut(501);
    scan();
    expect(table.total).toBe(0);
    proc.put({ pid: 400, comm: 'nix', startTime: justNow() });
    proc.handOut(502);
    scan();
    expect(members()).toEqual([400]);
  });
});

describe('who goes', () => {
  test('nix develop that becomes a shell, and is not read again', () => {
    proc.put({ pid: 200, comm: 'nix' });
    scan(5);
    proc.put({ pid: 200, comm: 'bash' });
    scan();
    expect(members()).toEqual([]);
    scan();
    expect(proc.reads(200)).toBe(2);
    scan();
    expect(proc.reads(200)).toBe(0);
  });

  test('nix-shell that becomes a shell that becomes nix-build', () => {
    proc.put({ pid: 200, comm: 'nix-shell' });
    scan(5);
    proc.put({ pid: 200, comm: 'bash' });
    scan();
    proc.put({ pid: 200, comm: 'nix-build' });
    scan();
    expect(members()).toEqual([200]);
  });

  test('what a tool left behind, but not a builder and not another tool', () => {
    proc.put({ pid: 200, comm: 'nixos-rebuild' });
    proc.put({ pid: 201, ppid: 200, comm: 'gpg-agent', uid: 1000 });
    proc.put({ pid: 202, ppid: 200, comm: 'bash', uid: 30001 });
    proc.put({ pid: 203, ppid: 200, comm: 'nix', uid: 0 });
    proc.put({ pid: 204, ppid: 201, comm: 'scdaemon', uid: 1000 });
    scan(5);
    expect(members()).toHaveLength(5);
    proc.end(200);
    for (const pid of [201, 202, 203]) proc.put({ pid, ppid: 1 });
    scan();
    expect(members()).toEqual([202, 203]);
    expect(reasons()[202]).toBe('uid');
  });

  test('a process that ends', () => {
    proc.put({ pid: 200, comm: 'nix' });
    scan();
    proc.end(200);
    scan();
    expect(members()).toEqual([]);
  });

  test('a torn or denied line keeps what is known', () => {
    proc.put({ pid: 200, comm: 'nix', userTicks: 7 });
    scan();
    for (const entry of ['200 (ni', { problem: 'denied' }, { problem: 'timeout' }] as const) {
      proc.files.set('/proc/200/stat', entry);
      scan();
      expect(table.members.get(200)?.stat.userTicks).toBe(7);
    }
  });
});

describe('build users', () => {
  test('known only later: what was taken for a stranger is taken in', () => {
    buildUids.clear();
    proc.put({ pid: 400, uid: 30001 });
    proc.put({ pid: 401, uid: 1000 });
    scan(5);
    expect(members()).toEqual([]);
    buildUids.add(30001);
    table.buildUsersChanged();
    expect(members()).toEqual([400]);
  });

  test('among more strangers than one scan reads', () => {
    buildUids.clear();
    proc.put({ pid: 400, uid: 30001 });
    for (let pid = 1000; pid < 9000; pid += 1) proc.put({ pid, uid: 1000 });
    scan(5);
    buildUids.add(30001);
    table.buildUsersChanged();
    expect(members()).toEqual([400]);
  });

  test('a worker’s fork takes its uid before it execs, however late', () => {
    proc.put({ pid: 100, comm: 'nix-daemon' });
    proc.put({ pid: 110, ppid: 100, comm: 'nix-daemon' });
    proc.put({ pid: 120, ppid: 110, comm: 'nix-daemon', uid: 0 });
    scan(60);
    scan(5);
    expect(table.members.get(120)?.uid).toBe(0);
    proc.put({ pid: 120, uid: 30001 });
    scan();
    expect(table.members.get(120)?.uid).toBe(30001);
    // Once it is another program its uid is its own.
    proc.put({ pid: 120, comm: 'bash' });
    scan();
    proc.put({ pid: 120, uid: 30002 });
    scan(5);
    expect(table.members.get(120)?.uid).toBe(30001);
  });
});

describe('clients that workers serve', () => {
  test('come whatever their name, with their children, and go with their worker', () => {
    proc.put({ pid: 500, comm: 'python3', uid: 1000 });
    scan(5);
    table.setServedClients(new Map([[500, 50_000]]));
    expect(reasons()).toEqual({ 500: 'served' });
    proc.put({ pid: 600, ppid: 500, comm: 'git', startTime: justNow() });
    proc.handOut(600);
    scan();
    expect(members()).toEqual([500, 600]);
    table.setServedClients(new Map());
    expect(members()).toEqual([600]);
    scan();
    expect(members()).toEqual([]);
    expect(proc.files.kept).toBe(1);
  });

  test('who started after the worker has only the pid', () => {
    proc.put({ pid: 500, comm: 'python3', startTime: 50_001 });
    scan(5);
    table.setServedClients(new Map([[500, 50_000]]));
    expect(members()).toEqual([]);
  });

  test('a pid that nobody has is no harm', () => {
    scan();
    table.setServedClients(new Map([[77, 50_000]]));
    expect(members()).toEqual([]);
  });

  test('a shell that became nix build long after its start is found by its worker, and stays', () => {
    proc.put({ pid: 500, comm: 'bash' });
    scan(5);
    proc.put({ pid: 500, comm: 'nix' });
    table.setServedClients(new Map([[500, 50_000]]));
    expect(reasons()).toEqual({ 500: 'tool' });
    table.setServedClients(new Map());
    scan();
    expect(members()).toEqual([500]);
  });

  test('a tool stays when its worker ends', () => {
    proc.put({ pid: 500, comm: 'nix-build' });
    scan(5);
    table.setServedClients(new Map([[500, 50_000]]));
    table.setServedClients(new Map());
    expect(members()).toEqual([500]);
  });
});

describe('what one may not see', () => {
  test('stat denied (hidepid=1): a stranger, not asked again', () => {
    proc.put({ pid: 400 });
    proc.files.set('/proc/400/stat', { problem: 'denied' });
    scan();
    expect(members()).toEqual([]);
    scan();
    expect(proc.reads(400)).toBe(0);
  });

  test('hidepid=2: only what is listed', () => {
    proc.put({ pid: 400, comm: 'nix', uid: 1000 });
    scan();
    expect({ members: members(), total: table.total }).toEqual({ members: [400], total: 1 });
  });

  test('status denied: in by name, its uid unknown', () => {
    proc.put({ pid: 400, comm: 'nix' });
    proc.files.set('/proc/400/status', { problem: 'denied' });
    scan();
    expect(table.members.get(400)?.uid).toBeNull();
  });

  test('/proc not listable: what is known goes on', () => {
    proc.put({ pid: 400, comm: 'nix' });
    scan();
    proc.files.set('/proc', { problem: 'denied' });
    proc.handOut(900);
    scan();
    expect(members()).toEqual([400]);
  });
});
