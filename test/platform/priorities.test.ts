/** Against the kernel that runs here: a child of ours is lowered and put back. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { threadsOf } from '../../src/actions/thread-priority.ts';
import { idleIo } from '../../src/parse/priority.ts';
import { parseProcessStat } from '../../src/parse/process-stat.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { loadKernel } from '../../src/platform/kernel.ts';
import { createPriorities } from '../../src/platform/priorities.ts';
import { createFakeClock } from '../support/fake-clock.ts';

const files = createFiles({ clock: systemClock });
await loadKernel();

describe.runIf(process.platform === 'linux')('a process', () => {
  const priorities = createPriorities({ files, clock: systemClock, pid: process.pid });
  let child: ChildProcess;
  let pid: number;
  let startTime: number;
  const threads = () => threadsOf({ pid, startTime }, { files, priorities });
  const thread = () => ({ pid, tid: pid, startTime });

  beforeEach(async () => {
    child = spawn('sleep', ['60'], { stdio: 'ignore' });
    await once(child, 'spawn');
    pid = child.pid as number;
    const stat = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (!stat.ok) throw new Error('no stat');
    ({ startTime } = stat.value);
  });
  afterEach(() => void child.kill('SIGKILL'));

  test('has the nice and the I/O class that it was given', () => {
    const [before] = threads();
    expect(priorities.setNice(thread(), 19)).toEqual({ ok: true, value: undefined });
    expect(threads()).toMatchObject([{ tid: pid, nice: 19 }]);
    if (before?.io === null) return;
    expect(priorities.setIoPriority(thread(), idleIo)).toEqual({ ok: true, value: undefined });
    expect(threads()).toMatchObject([{ io: idleIo }]);
    expect(priorities.setIoPriority(thread(), 0)).toEqual({ ok: true, value: undefined });
    expect(threads()[0]?.io).toBe(before?.io);
  });

  test('whose pid was another one is not touched', () => {
    const other = { ...thread(), startTime: startTime - 1 };
    expect(priorities.setNice(other, 19)).toMatchObject({ problem: { kind: 'gone' } });
    expect(priorities.setIoPriority(other, idleIo)).toMatchObject({ problem: { kind: 'gone' } });
    expect(priorities.setSessionNice(other, 19)).toMatchObject({ ok: false });
    expect(threads()).toMatchObject([{ nice: 0 }]);
  });

  test('that has ended is gone', async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(priorities.setNice(thread(), 19)).toMatchObject({ problem: { kind: 'gone' } });
    expect(threads()).toEqual([]);
  });

  test('is never ourselves, the first, or whoever asks', () => {
    for (const one of [process.pid, 1, 0, -5]) {
      const refused = { problem: { kind: 'denied' } };
      expect(priorities.setNice({ pid: one, tid: one, startTime: 1 }, 5)).toMatchObject(refused);
      expect(priorities.setNice({ pid, tid: one, startTime: 1 }, 5)).toMatchObject(refused);
      expect(priorities.setIoPriority({ pid: one, tid: one, startTime: 1 }, 0)).toMatchObject(refused);
      expect(priorities.setSessionNice({ pid: one, startTime: 1 }, 5)).toMatchObject(refused);
    }
  });

  test('without koffi has no I/O class', () => {
    const plain = createPriorities({ files, clock: systemClock, pid: process.pid, kernel: () => null });
    expect(plain.ioPriority(thread())).toMatchObject({ problem: { kind: 'unsupported' } });
    expect(plain.setIoPriority(thread(), idleIo)).toMatchObject({ problem: { kind: 'unsupported' } });
    expect(plain.setNice(thread(), 1)).toMatchObject({ ok: true });
  });

  test('of a captured tree is not touched', () => {
    const captured = createPriorities({
      files: { live: false, read: files.read },
      clock: systemClock,
      pid: process.pid,
    });
    expect(captured.setNice(thread(), 19)).toMatchObject({ problem: { kind: 'unsupported' } });
    expect(captured.setSessionNice(thread(), 19)).toMatchObject({ problem: { kind: 'unsupported' } });
  });
});

test('the kernel’s answers are told apart', () => {
  const stat = `5 (x) S 1 5 5 0 -1 0 ${'0 '.repeat(8)}20 0 1 0 50 0\n`;
  const ours = { live: true, read: () => ({ ok: true, value: stat }) as const };
  const one = { pid: 5, tid: 5, startTime: 50 };
  const answers = (errno: number) =>
    createPriorities({
      files: ours,
      clock: createFakeClock(),
      pid: 4242,
      kernel: () => ({ call: () => -1, errno: () => errno }),
      arch: 'x64',
    }).setIoPriority(one, 0);
  expect([3, 1, 13, 22].map((errno) => answers(errno))).toMatchObject([
    { problem: { kind: 'gone' } },
    { problem: { kind: 'denied' } },
    { problem: { kind: 'denied' } },
    { problem: { kind: 'unsupported' } },
  ]);
});

test('koffi is loaded once it is needed, and not waited for without end', async () => {
  const clock = createFakeClock();
  let loaded = 0;
  const of = (load: () => Promise<unknown>, live = true) =>
    createPriorities({ files: { ...files, live }, clock, pid: 4242, kernel: () => null, load });
  await of(async () => {
    loaded += 1;
  }).prepare();
  await of(() => Promise.reject(new Error('no koffi'))).prepare();
  await of(() => new Promise(() => {}), false).prepare();
  const late = of(() => new Promise(() => {})).prepare();
  clock.advance(1000);
  await late;
  expect(loaded).toBe(1);
});

test('the numbers of the system calls are those of the architecture', () => {
  const stat = `5 (x) S 1 5 5 0 -1 0 ${'0 '.repeat(8)}20 0 1 0 50 0\n`;
  const files = { live: true, read: () => ({ ok: true, value: stat }) as const };
  const calls = (arch: string) => {
    const asked: number[] = [];
    const kernel = () => ({ call: (number: number) => asked.push(number), errno: () => 0 });
    const priorities = createPriorities({ files, clock: createFakeClock(), pid: 4242, kernel, arch });
    const one = { pid: 5, tid: 5, startTime: 50 };
    priorities.setIoPriority(one, idleIo);
    priorities.ioPriority(one);
    return asked;
  };
  expect(calls('x64')).toEqual([251, 252]);
  expect(calls('arm64')).toEqual([30, 31]);
  expect(calls('mips')).toEqual([]);
});

describe('a cgroup', () => {
  test('only that of a build is written to', async () => {
    const priorities = createPriorities({ files, clock: systemClock, pid: process.pid });
    for (const directory of [
      '/sys/fs/cgroup/system.slice',
      '/tmp/nix-build-uid-30001',
      '/sys/fs/cgroup/../../../tmp/nix-build-uid-1',
    ])
      expect(await priorities.setCgroup(directory, 'memory.high', 'max')).toMatchObject({
        problem: { kind: 'unsupported' },
      });
    expect(
      await priorities.setCgroup('/sys/fs/cgroup/nowhere/nix-build-uid-1', 'memory.high', 'max'),
    ).toMatchObject({ problem: { kind: 'gone' } });
    expect(priorities.pending).toBe(0);
  });
});
