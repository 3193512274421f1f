import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { parseKernelStack } from '../../src/parse/kernel-stack.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import { stack } from '../../src/probes/stack.ts';
import { createFakePorts } from '../support/fake-ports.ts';

const started: number[] = [];
afterEach(() => {
  for (const pid of started.splice(0)) process.kill(-pid, 'SIGKILL');
});

/** In a group of its own; when it has told its first line. */
async function start(script: string): Promise<number> {
  const child = spawn('sh', ['-c', script], { detached: true, stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const pid = child.pid ?? 0;
  started.push(pid);
  return pid;
}

function context(cancelled = new AbortController().signal) {
  const ports = { ...createFakePorts(), files: createFiles({ clock: systemClock }), clock: systemClock };
  return { ports, cancelled, stateDirectory: undefined, progress: () => {} };
}

const startTimeOf = (pid: number) => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19];

test('a sleeping process below a shell: the child is seen, not the shell that waits for it', async () => {
  const pid = await start('sleep 1000 & echo up; wait');
  // It has become sleep, and sleeps.
  const child = () => readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  await expect
    .poll(() => readFileSync(`/proc/${child()}/stat`, 'utf8').split(' ', 3).join(' '))
    .toBe(`${child()} (sleep) S`);
  const found = await stack(`${pid}:${startTimeOf(pid)}`, context());
  if (!found.ok) throw new Error(found.problem.kind);
  expect(found.value.samples).toBe(20);
  expect(found.value.places).toHaveLength(1);
  expect(found.value.places[0]).toMatchObject({ times: 20, comm: 'sleep' });
  expect(found.value.places[0]?.wchan).toMatch(/nanosleep/);
  // Root's to read; elsewhere it is not told.
  if (process.getuid?.() === 0) expect(found.value.stack?.join(' ')).toMatch(/nanosleep/);
});

test('one that computes is seen running', async () => {
  const pid = await start('echo up; while :; do :; done');
  const found = await stack(`${pid}`, context());
  expect(found.ok && found.value.places[0]).toMatchObject({ wchan: 'running' });
});

test('a pid that is another process by now is gone', async () => {
  const pid = await start('echo up; sleep 1000');
  expect(await stack(`${pid}:1`, context())).toMatchObject({ problem: { kind: 'gone' } });
});

test('cancelled it ends early', async () => {
  const pid = await start('echo up; sleep 1000');
  const abort = new AbortController();
  abort.abort();
  expect(await stack(`${pid}`, context(abort.signal))).toMatchObject({ value: { samples: 0, places: [] } });
});

test('who may not know where others sleep is told so', async () => {
  const ports = createFakePorts({
    tree: {
      '/proc/7/stat': '7 (cc1) S 1 7 7 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 100 0 0 0\n',
      '/proc/7/task/7/stat': '7 (cc1) S 1 7 7 0 -1 0 0 0 0 0 1 1 0 0 20 0 1 0 100 0 0 0\n',
      '/proc/7/task/7/wchan': '0',
      '/proc/7/task/7/children': '',
      '/proc/7/task/7/stack': { problem: 'denied' },
    },
  });
  const asked = stack('7', { ...context(), ports: { ...ports, clock: systemClock } });
  expect(await asked).toMatchObject({ problem: { kind: 'denied', cause: 'needs root, or the owner' } });
});

test('a stack names functions, of modules and of old kernels too', () => {
  const text = [
    '[<0>] do_epoll_wait+0x6ab/0x7d0',
    '[<0>] xfs_buf_iowait+0x2c/0xa0 [xfs]',
    '[<ffffffff810e1c4d>] hrtimer_nanosleep+0x9d/0x130',
    '[<ffffffffffffffff>] 0xffffffffffffffff',
    'nonsense',
    '',
  ].join('\n');
  expect(parseKernelStack(text)).toEqual(['do_epoll_wait', 'xfs_buf_iowait', 'hrtimer_nanosleep']);
});
