/** The threads of a real process whose first one does nothing. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import { parseSwitches } from '../../src/parse/process-progress.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { createFiles } from '../../src/platform/files.ts';
import type { Files } from '../../src/platform/ports.ts';
import { readOtherThreads } from '../../src/samplers/other-threads.ts';
import { treeFiles } from '../support/forest-run.ts';
import { createProcTree } from '../support/proc-tree.ts';

/** A thread that wakes fifty times a second below one that waits for it. */
const program = `
const { Worker } = require('node:worker_threads');
new Worker('setInterval(() => {}, 20)', { eval: true }).once('online', () => console.log('runs'));
`;

test('they switch while the first one sleeps', { timeout: 30_000 }, async () => {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  const { pid } = child;
  if (pid === undefined) throw new Error('not started');
  const files = createFiles({ clock: systemClock });
  const look = async () => {
    const status = await files.readSlow(`/proc/${pid}/status`);
    if (!status.ok) throw new Error(status.problem.kind);
    return { first: parseSwitches(status.value), others: await readOtherThreads(files, pid) };
  };
  let before = await look();
  // Until the first one has come to rest: then the others go on alone.
  for (let looks = 0; looks < 200; looks += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = await look();
    const rests = now.first.voluntarySwitches === before.first.voluntarySwitches;
    if (rests && (now.others?.switches ?? 0) > (before.others?.switches ?? 0)) return;
    before = now;
  }
  expect.unreachable('no other thread has moved while the first one slept');
});

test('sixty-four at most are read, four at a time', async () => {
  const tree = createProcTree();
  onTestFinished(() => tree.dispose());
  const threads = Array.from({ length: 200 }, (_, i) => 7000 + i);
  for (const thread of threads)
    tree.write(
      `/proc/7000/task/${thread}/status`,
      `voluntary_ctxt_switches:\t10\nnonvoluntary_ctxt_switches:\t${thread - 7000}\n`,
    );
  tree.write('/proc/7000/task/7031/wchan', 'hrtimer_nanosleep');
  let running = 0;
  let most = 0;
  const asked: string[] = [];
  const real = treeFiles(tree);
  const files: Files = {
    ...real,
    async readSlow(path, options) {
      asked.push(path);
      running += 1;
      most = Math.max(most, running);
      const text = await real.readSlow(path, options);
      running -= 1;
      return text;
    },
  };
  expect(await readOtherThreads(files, 7000)).toEqual({
    switches: 64 * 10 + (64 * 65) / 2,
    mostNonvoluntary: 64,
    sleeps: true,
  });
  expect(asked).toHaveLength(2 * 64);
  expect(asked).not.toContain('/proc/7000/task/7000/status');
  expect(most).toBeLessThanOrEqual(4);
});

test('one that ends while it is read is left out; of none that can be read nothing is known', async () => {
  const none = { ...treeFiles(createProcTree()), listSlow: async () => ok(['1', '2', '3']) };
  expect(await readOtherThreads(none, 1)).toBeNull();
  const second = {
    ...none,
    readSlow: async (path: string) =>
      path.endsWith('/3/status')
        ? ok('voluntary_ctxt_switches:\t5\nnonvoluntary_ctxt_switches:\t2\n')
        : ok(''),
  };
  expect(await readOtherThreads(second, 1)).toEqual({ switches: 7, mostNonvoluntary: 2, sleeps: false });
});
