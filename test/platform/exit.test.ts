import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const module = new URL('../../src/platform/exit.ts', import.meta.url).pathname;
const kernel = new URL('../../src/platform/kernel.ts', import.meta.url).pathname;

/** A pool thread that never comes back: opening a FIFO nobody writes to. */
test.each([
  ['by the system call', 'await (await import(KERNEL)).loadKernel();'],
  ['by a shell where no koffi was loaded', ''],
])('exits with its code while a read hangs, %s', (_, before) => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-exit-'));
  const fifo = join(directory, 'fifo');
  spawnSync('mkfifo', [fifo]);
  const script = `
    import { open } from 'node:fs';
    import { exitProcess } from ${JSON.stringify(module)};
    const KERNEL = ${JSON.stringify(kernel)};
    ${before}
    open(${JSON.stringify(fifo)}, 'r', () => {});
    setImmediate(() => { process.stdout.write('bye'); exitProcess(3, () => 1); });`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    timeout: 15_000,
  });
  rmSync(directory, { recursive: true });
  expect({ status: run.status, signal: run.signal, stdout: run.stdout }).toEqual({
    status: 3,
    signal: null,
    stdout: 'bye',
  });
});

test('a call that comes back in a moment is waited for, and the end is an ordinary one', () => {
  const script = `
    import { exitProcess } from ${JSON.stringify(module)};
    let pending = 1;
    setTimeout(() => { pending = 0; }, 30);
    process.once('exit', () => process.stdout.write('ordinary'));
    exitProcess(4, () => pending);`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect({ status: run.status, stdout: run.stdout }).toEqual({ status: 4, stdout: 'ordinary' });
});
