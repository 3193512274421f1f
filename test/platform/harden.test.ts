import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { pinsRefused } from '../../src/platform/harden.ts';
import { type CgroupFiles, protectCgroup } from '../../src/platform/harden-cgroup.ts';
import { fileMappings, lockMemory } from '../../src/platform/harden-memory.ts';
import type { WholeKernel } from '../../src/platform/kernel.ts';

const maps = `00400000-00744000 r--p 00000000 fe:00 4711      /usr/bin/node
0074a000-03042000 r-xp 0034a000 fe:00 4711      /usr/bin/node
06a00000-06a20000 rw-p 06600000 fe:00 4711      /usr/bin/node
06a20000-06b00000 rw-p 00000000 00:00 0
0d0d9000-0d539000 rw-p 00000000 00:00 0         [heap]
7f0000000000-7f0000001000 ---p 00000000 fe:00 12 /usr/lib/libm.so.6
7f0000001000-7f0000002000 rw-s 00000000 00:05 77 /dev/zero (deleted)
7f0000002000-7f0000003000 rw-s 00000000 fe:00 78 /tmp/shared
7f0000003000-7f0000004000 r--s 00000000 fe:00 79 /usr/lib/gconv/gconv-modules.cache
7f0000004000-7f0000005000 r-xp 00000000 00:01 80 /memfd:doublemapper (deleted)
7f0000005000-7f0000007000 r-xp 00001000 fe:00 81 /usr/lib/a b/lib with spaces.so (deleted)
7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0  [stack]
7ffc00100000-7ffc00102000 r-xp 00000000 00:00 0  [vdso]
torn line 7f00
`;
const limits = `Limit                     Soft Limit           Hard Limit           Units
Max locked memory         8388608              8388608              bytes
`;
const EPERM = 1;
const ENOMEM = 12;
const ENOSYS = 38;

interface Locked {
  readonly start: number;
  readonly bytes: number;
}

/** `fails`: the errno of a mapping, 0 where it can be locked. */
function kernelThat(fails: (mapping: Locked, taken: number) => number) {
  const locked: Locked[] = [];
  const numbers = new Set<number>();
  let errno = 0;
  const call = (number: number, start: number, bytes: number): number => {
    numbers.add(number);
    const taken = locked.reduce((sum, one) => sum + one.bytes, 0);
    errno = fails({ start, bytes }, taken);
    if (errno !== 0) return -1;
    locked.push({ start, bytes });
    return 0;
  };
  const kernel: WholeKernel = {
    call,
    errno: () => errno,
    callAside: async (...args) => call(args[0], args[1], args[2]),
    memoryFile: () => -1,
    ring: () => -1,
    buffersAside: async () => -1,
    buffers: () => -1,
    writeAside: async () => -1,
    poll: async () => 0,
  };
  return { kernel, locked, numbers };
}

describe('what is locked', () => {
  test('files only, never anonymous memory, devices, memfds or shared writable ones', () => {
    expect(fileMappings(maps).map(({ start }) => start.toString(16))).toEqual([
      '400000',
      '74a000',
      '6a00000',
      '7f0000003000',
      '7f0000005000',
    ]);
    expect(fileMappings('')).toEqual([]);
  });

  test('all of them, each with mlock2 and ONFAULT', async () => {
    const { kernel, locked, numbers } = kernelThat(() => 0);
    expect(await lockMemory(kernel, maps, limits, 'x64')).toEqual({
      id: 'memory',
      status: 'done',
      reason: '44 MB of files, 5 mappings',
    });
    expect(locked).toHaveLength(5);
    expect([...numbers]).toEqual([325]);
  });

  test('within a limit what fits, and the limit is named', async () => {
    const { kernel, locked } = kernelThat(({ bytes }, taken) => (taken + bytes > 8388608 ? ENOMEM : 0));
    expect(await lockMemory(kernel, maps, limits, 'x64')).toEqual({
      id: 'memory',
      status: 'denied',
      reason: '3.4 MB of 44 MB: the limit of locked memory is 8.0 MB; CAP_IPC_LOCK or LimitMEMLOCK= lifts it',
    });
    expect(locked).toHaveLength(4);
  });

  test('a mapping that is gone meanwhile is no limit', async () => {
    const { kernel } = kernelThat(({ start }) => (start === 0x7f0000003000 ? ENOMEM : 0));
    expect(await lockMemory(kernel, maps, limits, 'x64')).toMatchObject({ status: 'done' });
  });

  test.each([
    [EPERM, 'denied', /limit of locked memory/],
    [ENOSYS, 'unsupported', /mlock2/],
    [99, 'failed', /errno 99/],
  ] as const)('errno %d: %s', async (errno, status, reason) => {
    const part = await lockMemory(kernelThat(() => errno).kernel, maps, limits, 'x64');
    expect(part).toMatchObject({ status, reason: expect.stringMatching(reason) });
  });

  test('an architecture whose number is not known', async () => {
    const { kernel, locked } = kernelThat(() => 0);
    expect(await lockMemory(kernel, maps, limits, 's390x')).toMatchObject({ status: 'unsupported' });
    expect(locked).toEqual([]);
  });
});

const mountinfo = `24 1 0:22 / /proc rw - proc proc rw
30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev shared:4 - cgroup2 cgroup2 rw,nsdelegate
`;
function filesOf(over: Readonly<Record<string, string | { readonly code: string }>>) {
  const written: Record<string, string> = {};
  const tree: Readonly<Record<string, string | { readonly code: string }>> = {
    '/proc/self/cgroup': '0::/user.slice/run-1.scope\n',
    '/proc/self/mountinfo': mountinfo,
    '/sys/fs/cgroup/user.slice/memory.min': '268435456\n',
    '/sys/fs/cgroup/user.slice/run-1.scope/cgroup.procs': '42\n',
    '/sys/fs/cgroup/user.slice/run-1.scope/memory.min': '0\n',
    '/sys/fs/cgroup/user.slice/run-1.scope/memory.swap.max': 'max\n',
    ...over,
  };
  const entry = (path: string) => {
    const found = tree[path] ?? { code: 'ENOENT' };
    if (typeof found !== 'string') throw Object.assign(new Error(found.code), found);
    return found;
  };
  const files: CgroupFiles = {
    read: async (path) => entry(path),
    async write(path, text) {
      entry(path);
      written[path.slice(path.lastIndexOf('/') + 1)] = text;
    },
  };
  return { files, written };
}
const scope = '/sys/fs/cgroup/user.slice/run-1.scope';
const ownPid = 42;

describe('a cgroup of its own', () => {
  test('gets memory that nobody takes and no swap', async () => {
    const { files, written } = filesOf({});
    const reason = 'memory.min 96 MB, no swap';
    expect(await protectCgroup(files, ownPid)).toEqual({ id: 'cgroup', status: 'done', reason });
    expect(written).toEqual({ 'memory.min': String(96 * 2 ** 20), 'memory.swap.max': '0' });
  });

  test('what we and the launcher have started there is ours, and what has ended is nobody', async () => {
    const { files } = filesOf({
      [`${scope}/cgroup.procs`]: '42\n43\n44\n45\n46\n',
      '/proc/43/stat': '43 (journalctl) S 42 43 43 0 -1 4194304',
      // bin/nixpulse, which gives the session its priority back, and its sleep.
      '/proc/44/stat': '44 (a (b) S 7 8) S 1 42 7 0 -1 4194304',
      '/proc/45/stat': '45 (sleep) S 44 42 7 0 -1 4194304',
    });
    expect(await protectCgroup(files, ownPid)).toMatchObject({ status: 'done' });
  });

  const above = '/sys/fs/cgroup/user.slice/memory.min';
  test.each([
    ['nothing', { [above]: '0\n' }, /^no swap; memory.min has no effect .*: start it .*nixpulse-scope$/],
    ['less', { [above]: '67108864\n' }, /^memory.min 64 MB, as much as its parents have, no swap$/],
    ['all of it', { [above]: 'max\n' }, /^memory.min 96 MB, no swap$/],
    [
      'nothing, above the namespace of a container',
      { '/sys/fs/cgroup/memory.min': '0\n' },
      /^no swap; memory.min has no effect/,
    ],
  ])('its parents grant %s', async (_, over, reason) => {
    expect(await protectCgroup(filesOf(over).files, ownPid)).toMatchObject({
      status: 'done',
      reason: expect.stringMatching(reason),
    });
  });

  test('a kernel that does not count swap: said as such, and not taken for safe from it', async () => {
    const { files, written } = filesOf({ [`${scope}/memory.swap.max`]: { code: 'ENOENT' } });
    expect(await protectCgroup(files, ownPid)).toMatchObject({
      status: 'unsupported',
      reason: 'memory.min 96 MB; swap is not limited: no memory.swap.max in this kernel',
    });
    expect(written).toEqual({ 'memory.min': String(96 * 2 ** 20) });
  });

  test.each([
    [
      'cgroup v1',
      { '/proc/self/mountinfo': '24 1 0:22 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory\n' },
      'unsupported',
      /no cgroup v2/,
    ],
    ['no cgroups', { '/proc/self/cgroup': '' }, 'unsupported', /no cgroup v2/],
    ['the root', { '/proc/self/cgroup': '0::/\n' }, 'unsupported', /has none/],
    ['outside of a namespace', { '/proc/self/cgroup': '0::/../../x\n' }, 'unsupported', /not to be seen/],
    [
      'others in it',
      {
        [`${scope}/cgroup.procs`]: '41\n42\n43\n44\n',
        '/proc/41/stat': '41 (bash) S 40 41 41 34816 42 4194304',
        '/proc/43/stat': '43 (42 (x) S 42 42) S 41 43 41 34816 42 4194304',
        '/proc/44/stat': { code: 'EACCES' },
      },
      'unsupported',
      /shared with 3 other/,
    ],
    [
      'somebody of another namespace in it',
      { [`${scope}/cgroup.procs`]: '42\n0\n' },
      'unsupported',
      /shared/,
    ],
    ['no controller', { [`${scope}/memory.min`]: { code: 'ENOENT' } }, 'unsupported', /no memory controller/],
    ['no right', { [`${scope}/memory.min`]: { code: 'EACCES' } }, 'denied', /EACCES/],
    ['read-only', { [`${scope}/memory.swap.max`]: { code: 'EROFS' } }, 'denied', /EROFS/],
    ['something else', { [`${scope}/memory.min`]: { code: 'EIO' } }, 'failed', /EIO/],
  ] as const)('%s', async (_, over, status, reason) => {
    const { files, written } = filesOf(over);
    expect(await protectCgroup(files, ownPid)).toMatchObject({
      status,
      reason: expect.stringMatching(reason),
    });
    if (!reason.test('EROFS')) expect(written).toEqual({});
  });
});

describe.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('for real, as root', () => {
  interface Seen {
    readonly parts: readonly { readonly id: string; readonly status: string }[];
    readonly lockedKilobytes: number;
    readonly threads: readonly number[];
    readonly child: number;
    readonly childOom: number;
    readonly collected: boolean;
  }
  const script = fileURLToPath(new URL('../support/hardened-child.ts', import.meta.url));
  const seen = JSON.parse(
    execFileSync(process.execPath, ['--expose-gc', script], { encoding: 'utf8' }),
  ) as Seen;

  test('files are locked, and collecting garbage goes on', () => {
    expect(seen.parts.find(({ id }) => id === 'memory')).toMatchObject({ status: 'done' });
    expect(seen.lockedKilobytes).toBeGreaterThan(50_000);
    expect(seen.collected).toBe(true);
  });

  test('every thread is first in line, what it starts is not', () => {
    // A container may keep the right to itself.
    const raised = seen.parts.some(({ id, status }) => id === 'priority' && status === 'done');
    expect(new Set(seen.threads)).toEqual(new Set([raised ? -20 : 0]));
    expect(seen.threads.length).toBeGreaterThan(4);
    expect(seen.child).toBe(0);
    expect(seen.childOom).toBe(0);
  });

  test.each([
    ['where a unit had put us first', -20, 0],
    ['where somebody had made us modest', 7, 7],
  ])('nor is it %s', (_, nice, child) => {
    const words = ['-n', String(nice), process.execPath, '--expose-gc', script];
    const raised = JSON.parse(execFileSync('nice', words, { encoding: 'utf8' })) as Seen;
    expect(raised.threads).toContain(-20);
    expect(raised.child).toBe(child);
  });
});

describe('pins that are refused', () => {
  const everything = 'CapEff:\t000001ffffffffff\n';
  const nothing = 'CapEff:\t0000000000000000\n';
  const denied = { status: 'denied', reason: 'pins need CAP_IPC_LOCK (root)' };
  const failed = (name: string) => ({ status: 'failed', reason: `pins: ${name}` });
  test.each([
    ['the limit of locked memory', 12, nothing, denied],
    ['no memory for who has no limit', 12, everything, failed('ENOMEM')],
    ['io_uring not for everybody', 1, everything, denied],
    ['a page that is not there', 14, everything, failed('EFAULT')],
    ['the same for who has no right', 14, nothing, failed('EFAULT')],
  ])('%s', (_, errno, status, expected) => {
    expect(pinsRefused(errno, status)).toEqual(expected);
  });
});
