import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { ok, type Result } from '../../src/base/problem.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import type { Kernel } from '../../src/platform/kernel.ts';
import { createSignals } from '../../src/platform/signals.ts';
import { createFakeFiles } from '../support/fake-files.ts';

const linux = process.platform === 'linux';
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

function start(
  command = 'exec sleep 600',
  user: { uid?: number } = {},
): { child: ChildProcess; pid: number; startTime: number } {
  const child = spawn('sh', ['-c', command], { stdio: 'ignore', detached: true, cwd: '/', ...user });
  started.push(child);
  const pid = child.pid as number;
  return { child, pid, startTime: startTimeOf(pid) };
}

function startTimeOf(pid: number | string): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}

const forms = [
  { form: 'pidfds', loadKernel: undefined },
  { form: 'start times alone', loadKernel: async () => null },
] as const;

describe.skipIf(!linux).each(forms)('real signals by $form', ({ form, loadKernel }) => {
  const files = createFiles({ clock: systemClock });
  async function create() {
    const signals = createSignals({ files, pid: process.pid, ...(loadKernel ? { loadKernel } : {}) });
    await signals.rehearse();
    return signals;
  }

  test('are exact where the kernel and koffi allow it', async () => {
    expect((await create()).exact).toBe(form === 'pidfds');
  });

  test('reach the process', async () => {
    const { child, pid, startTime } = start();
    expect((await create()).send({ pid, startTime }, 'KILL')).toEqual(ok(undefined));
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });

  test('do not reach another process of the same pid', async () => {
    const { child, pid, startTime } = start();
    const signals = await create();
    for (const wrong of [startTime - 1, startTime + 1, 0]) {
      expect(signals.send({ pid, startTime: wrong }, 'KILL')).toMatchObject({ problem: { kind: 'gone' } });
      expect(signals.sendGroup({ pid, startTime: wrong }, 'KILL')).toMatchObject({
        problem: { kind: 'gone' },
      });
    }
    expect(child.exitCode ?? child.signalCode).toBeNull();
  });

  test('to what has ended say so', async () => {
    const { child, pid, startTime } = start('exit 0');
    await once(child, 'exit');
    expect((await create()).send({ pid, startTime }, 'TERM')).toMatchObject({ problem: { kind: 'gone' } });
  });

  test('to a group reach all of it', async () => {
    const { child, pid, startTime } = start('sleep 600 & sleep 600 & wait');
    expect((await create()).sendGroup({ pid, startTime }, 'KILL')).toEqual(ok(undefined));
    await once(child, 'exit');
    // Its members end a moment after it, when whoever inherits them has waited for them.
    await vi.waitFor(() => expect(() => process.kill(-pid, 0)).toThrow('ESRCH'), 10_000);
  });

  test.each([0, 1, -1, -300, 1.5, Number.NaN])('never go to pid %f', async (pid) => {
    const signals = await create();
    expect(signals.send({ pid, startTime: 0 }, 'CONT')).toMatchObject({ problem: { kind: 'denied' } });
    expect(signals.sendGroup({ pid, startTime: 0 }, 'CONT')).toMatchObject({ problem: { kind: 'denied' } });
  });

  test('never go to ourselves', async () => {
    const own = { pid: process.pid, startTime: startTimeOf('self') };
    expect((await create()).send(own, 'CONT')).toMatchObject({ problem: { kind: 'denied' } });
  });

  test.skipIf(process.getuid?.() !== 0)('a user may not, and is told', async () => {
    const { pid, startTime } = start('exec sleep 600', { uid: 1 });
    const signals = await create();
    process.seteuid?.(65_534);
    try {
      expect(signals.send({ pid, startTime }, 'KILL')).toMatchObject({ problem: { kind: 'denied' } });
    } finally {
      process.seteuid?.(0);
    }
  });

  test('rehearsing leaves nothing open', async () => {
    await create();
    const open = () => readFileSync('/proc/self/status', 'utf8').match(/^FDSize:\s+(\d+)$/m)?.[1];
    const before = open();
    const { pid, startTime } = start();
    const signals = await create();
    for (let i = 0; i < 2000; i += 1) signals.send({ pid, startTime }, 'CONT');
    expect(open()).toBe(before);
  });
});

describe('signals on a made-up kernel', () => {
  const { ENOSYS, EPERM } = constants.errno;
  const stat = `300 (a) b) S 1 ${'0 '.repeat(17)}1300 0 0\n`;

  function create(kernel: Partial<Record<'open' | 'send', number>>, entry = stat, live = true) {
    const kills: (readonly [number, string])[] = [];
    let errno = 0;
    const answer = (error: number | undefined): number => {
      errno = error ?? 0;
      return error === undefined ? 0 : -1;
    };
    const fake: Kernel = {
      call: (number) => (number === 434 ? answer(kernel.open) : answer(kernel.send)),
      errno: () => errno,
    };
    const signals = createSignals({
      files: createFakeFiles({ '/proc/300/stat': entry, '/proc/42/stat': stat }, live),
      pid: 42,
      loadKernel: async () => fake,
      kill: (pid, signal) => void kills.push([pid, signal]),
    });
    return { signals, kills };
  }
  const target = { pid: 300, startTime: 1300 };
  const sent = (result: Result<void>) => (result.ok ? 'sent' : result.problem.kind);

  test.each([
    [ENOSYS, 'a kernel before 5.3'],
    [EPERM, 'a seccomp filter'],
  ])('errno %i of %s: start times have to do', async (open) => {
    const { signals, kills } = create({ open });
    await signals.rehearse();
    expect(signals.exact).toBe(false);
    expect(sent(signals.send(target, 'TERM'))).toBe('sent');
    expect(kills).toEqual([[300, 'SIGTERM']]);
  });

  test('no koffi: start times have to do', async () => {
    const kills: number[] = [];
    const signals = createSignals({
      files: createFakeFiles({ '/proc/300/stat': stat }),
      pid: 42,
      loadKernel: () => Promise.reject(new Error("Cannot find package 'koffi'")),
      kill: (pid) => void kills.push(pid),
    });
    await signals.rehearse();
    expect(signals.exact).toBe(false);
    expect(sent(signals.send(target, 'KILL'))).toBe('sent');
    expect(sent(signals.sendGroup(target, 'KILL'))).toBe('sent');
    expect(kills).toEqual([300, -300]);
  });

  test('before the rehearsal start times have to do', () => {
    const { signals, kills } = create({});
    expect(sent(signals.send(target, 'KILL'))).toBe('sent');
    expect(kills).toEqual([[300, 'SIGKILL']]);
  });

  test.each([
    ['', 'torn'],
    ['300 (x) S', 'cut'],
    [`300 (x) S 1 ${'0 '.repeat(17)}-1300 0\n`, 'with a start time that is none'],
  ])('a stat %j, %s, is nobody we know', (entry) => {
    const { signals, kills } = create({}, entry);
    expect(sent(signals.send(target, 'KILL'))).toBe('gone');
    expect(kills).toEqual([]);
  });

  test('errors of kill(2) are problems', () => {
    for (const [code, kind] of [
      ['EPERM', 'denied'],
      ['ESRCH', 'gone'],
    ] as const) {
      const signals = createSignals({
        files: createFakeFiles({ '/proc/300/stat': stat }),
        pid: 42,
        kill: () => {
          throw Object.assign(new Error(code), { code });
        },
      });
      expect(sent(signals.send(target, 'KILL'))).toBe(kind);
    }
  });

  test('nothing is signalled in a captured tree', async () => {
    const { signals, kills } = create({}, stat, false);
    await signals.rehearse();
    expect(sent(signals.send(target, 'KILL'))).toBe('unsupported');
    expect(sent(signals.sendGroup(target, 'KILL'))).toBe('unsupported');
    expect(sent(signals.controlCgroup('/sys/fs/cgroup/nix-build-uid-1', 'kill'))).toBe('unsupported');
    expect(kills).toEqual([]);
  });

  test.each([
    '/sys/fs/cgroup',
    '/sys/fs/cgroup/system.slice',
    '/sys/fs/cgroup/nix-build-uid-',
    '/sys/fs/cgroup/nix-build-uid-1/../..',
    '/sys/fs/cgroup/../../etc/nix-build-uid-1',
    '/etc/nix-build-uid-1',
  ])('%s is no cgroup of a build', (directory) => {
    expect(sent(create({}).signals.controlCgroup(directory, 'kill'))).toBe('unsupported');
  });
});
