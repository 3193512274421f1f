/** Build users, build directories and the daemon's socket: what is read of the system besides processes. */
import { beforeEach, describe, expect, test } from 'vitest';
import { problem } from '../../src/base/problem.ts';
import { parseProcessStat } from '../../src/parse/process-stat.ts';
import { createAccounts } from '../../src/samplers/accounts.ts';
import { createBuildDirectories } from '../../src/samplers/build-directories.ts';
import { createDaemonSocket, daemonSocketPath } from '../../src/samplers/daemon-socket.ts';
import { createMember, type Member } from '../../src/samplers/member.ts';
import { createSlowQueue } from '../../src/samplers/slow-queue.ts';
import { createFakeClock } from '../support/fake-clock.ts';
import { createFakeFiles, type FakeFiles } from '../support/fake-files.ts';
import { statText, withDefaults } from '../support/proc-process.ts';

let files: FakeFiles;
beforeEach(() => {
  files = createFakeFiles({
    '/etc/passwd': 'root:x:0:0:::\nnixbld1:x:30001:30000:::\nbuilder:x:999:30000:::\nalice:x:1000:100:::\n',
    '/etc/group': 'wheel:x:1:alice\nnixbld:x:30000:builder,root,nobody-here\n',
  });
});

describe('accounts', () => {
  test('by name and by group, but never root', async () => {
    const accounts = createAccounts(files);
    expect(accounts.isBuildUid(30001)).toBe(false);
    expect(await accounts.load()).toBe(true);
    expect(accounts.buildUsers).toEqual({ 30001: 'nixbld1', 999: 'builder' });
    expect([0, 1000, 999, 30001, 872_415_232].map(accounts.isBuildUid)).toEqual([
      false,
      false,
      true,
      true,
      true,
    ]);
    expect([accounts.nameOf(1000), accounts.nameOf(4711)]).toEqual(['alice', null]);
  });

  test('unchanged: the same object, and no build user is new', async () => {
    const accounts = createAccounts(files);
    await accounts.load();
    const { buildUsers } = accounts;
    expect(await accounts.load()).toBe(false);
    expect(accounts.buildUsers).toBe(buildUsers);
  });

  test('a new build user is a change', async () => {
    const accounts = createAccounts(files);
    await accounts.load();
    files.set('/etc/passwd', 'nixbld1:x:30001:30000:::\nnixbld2:x:30002:30000:::\n');
    expect(await accounts.load()).toBe(true);
    expect(accounts.buildUsers).toEqual({ 30001: 'nixbld1', 30002: 'nixbld2' });
  });

  test.for(['/etc/passwd', '/etc/group'])('%s unreadable: what is known stays', async (path) => {
    const accounts = createAccounts(files);
    await accounts.load();
    files.set(path, { hangs: true });
    expect(await accounts.load()).toBe(false);
    expect(accounts.isBuildUid(999)).toBe(true);
  });
});

describe('build directories', () => {
  const named = {
    name: 'a-1',
    pname: null,
    version: null,
    out: null,
    buildTop: '/tmp/x',
    system: null,
    cores: null,
  };
  const unnamed = { rootMount: '/', environment: problem('denied', 'x') };
  function member(uid: number, facts: Member['facts']): ReadonlyMap<number, Member> {
    const stat = parseProcessStat(statText(withDefaults({ pid: 9 })).toString());
    if (!stat.ok) throw new Error('stat');
    return new Map([
      [
        9,
        { ...createMember(files, { stat: stat.value, file: files.keep('/proc/9/stat') }, uid, 'uid'), facts },
      ],
    ]);
  }
  async function watch() {
    const queue = createSlowQueue();
    const accounts = createAccounts(files);
    await accounts.load();
    const directories = createBuildDirectories(files, queue);
    return async (nowMs: number, members = member(30001, unnamed)) => {
      files.forget();
      directories.update(members, accounts, nowMs);
      await queue.idle();
      return directories.found;
    };
  }
  beforeEach(() => {
    for (const [path, uid] of [
      ['/tmp/nix-build-a-1.drv-0', 30001],
      ['/nix/var/nix/builds/nix-build-b-2.drv-77-0', 999],
      ['/tmp/nix-shell.x', 1000],
    ] as const) {
      files.set(`${path}/x`, '');
      files.setOwner(path, { uid, changedMs: 5000 });
    }
  });

  test('every two seconds while somebody has no name, each by its owner of now', async () => {
    const look = await watch();
    expect(await look(1000)).toEqual([
      { uid: 30001, name: 'a-1', path: '/tmp/nix-build-a-1.drv-0', changedMs: 5000 },
      { uid: 999, name: 'b-2', path: '/nix/var/nix/builds/nix-build-b-2.drv-77-0', changedMs: 5000 },
    ]);
    await look(2000);
    expect(files.count('listSlow')).toBe(0);
    // The next build of the same derivation has another user.
    files.setOwner('/tmp/nix-build-a-1.drv-0', { uid: 30002, changedMs: 6000 });
    expect(await look(3000)).toContainEqual({
      uid: 30002,
      name: 'a-1',
      path: '/tmp/nix-build-a-1.drv-0',
      changedMs: 6000,
    });
    files.remove('/tmp/nix-build-a-1.drv-0');
    expect((await look(5000)).map(({ name }) => name)).toEqual(['b-2']);
  });

  test.for([
    [
      'in a sandbox',
      30001,
      { ...unnamed, rootMount: '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-a-1.drv.chroot' },
    ],
    ['with an environment', 30001, { rootMount: '/', environment: named }],
    ['not asked yet', 30001, {}],
    ['no build user', 1000, unnamed],
  ] as const)('nobody looks: %s', async ([, uid, facts]) => {
    const look = await watch();
    expect(await look(1000, member(uid, facts))).toEqual([]);
    expect(files.count('listSlow')).toBe(0);
  });

  test('with a subvolume at /, too', async () => {
    const look = await watch();
    expect(await look(1000, member(30001, { ...unnamed, rootMount: '/@' }))).toHaveLength(2);
  });

  test('a place that hangs does not hide the others', async () => {
    files.set('/tmp', { hangs: true });
    const look = await watch();
    expect((await look(1000)).map(({ name }) => name)).toEqual(['b-2']);
  });
});

describe('the daemon’s socket', () => {
  const row = `0000000000000000: 00000002 00000000 00010000 0001 01 7404 ${daemonSocketPath}\n`;
  test.for([
    ['listening', row, '', 'listening'],
    ['left behind', '', '', 'present'],
    ['absent', '', null, 'absent'],
    ['listening, its path not ours to see', row, { problem: 'denied' }, 'listening'],
    ['a container’s in our network', row, null, 'absent'],
  ] as const)('%s', async ([, sockets, entry, state]) => {
    files.set('/proc/net/unix', sockets);
    if (entry !== null) files.set(daemonSocketPath, entry);
    const queue = createSlowQueue();
    const socket = createDaemonSocket(files, queue, createFakeClock());
    for (let nowMs = 0; nowMs < 10_000; nowMs += 1000) {
      socket.update(nowMs, 1000);
      await queue.idle();
      expect(socket.state).toBe(state);
    }
    expect(files.count('read', '/proc/net/unix')).toBe(2);
  });

  test('when it was bound, reckoned once for each', async () => {
    const queue = createSlowQueue();
    const clock = createFakeClock();
    const socket = createDaemonSocket(files, queue, clock);
    files.set(daemonSocketPath, '');
    const boundAt = async (nowMs: number, uptimeSec: number, changedMs: number | null) => {
      if (changedMs !== null) files.setOwner(daemonSocketPath, { changedMs });
      socket.update(nowMs, uptimeSec);
      await queue.idle();
      return socket.boundSec;
    };
    const madeMs = clock.now() - 60_000;
    expect(await boundAt(0, 1000, madeMs)).toBe(940);
    clock.advance(5000);
    expect(await boundAt(5000, 1005.02, null)).toBe(940);
    clock.advance(5000);
    expect(await boundAt(10_000, 1010, madeMs + 65_000)).toBe(1005);
  });
});
