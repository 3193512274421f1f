import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runProgram } from '../../src/probes/run-program.ts';
import { realProbe } from '../support/probe-context.ts';

/** A zombie is none. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('both streams apart, and how it ended', async () => {
  const { context } = realProbe();
  const script = 'echo out; echo err >&2; exit 3';
  expect(await runProgram(context, ['sh', '-c', script])).toEqual({
    ok: true,
    value: { exitCode: 3, signal: null, stdout: ['out'], stderr: ['err'], cut: false },
  });
});

test('output without end is bounded', async () => {
  const { context } = realProbe();
  const found = await runProgram(context, ['sh', '-c', 'seq 100000'], { mostOutput: 1000 });
  expect(found).toMatchObject({ ok: true, value: { cut: true, exitCode: 0 } });
  expect(found.ok && found.value.stdout.join('\n').length).toBeLessThanOrEqual(1000);
});

test('its own language, whatever the user’s is', async () => {
  const { context } = realProbe();
  const found = await runProgram(context, ['sh', '-c', 'echo "$LC_ALL"']);
  expect(found).toMatchObject({ value: { stdout: ['C'] } });
});

test('one that is not there: how to get it', async () => {
  const { context } = realProbe();
  expect(await runProgram(context, ['np-no-such-program'], { from: 'np' })).toEqual({
    ok: false,
    problem: {
      kind: 'unsupported',
      where: 'np-no-such-program',
      cause: 'not installed: nix shell nixpkgs#np',
    },
  });
});

test('cancelled, nothing of its tree is left', async () => {
  const { context, cancel } = realProbe();
  const pids: number[] = [];
  const found = await runProgram(context, ['sh', '-c', 'sleep 600 & echo $!; echo $$; wait'], {
    onLine(line) {
      pids.push(Number(line));
      if (pids.length === 2) cancel();
    },
  });
  expect(found.ok && found.value.exitCode).toBeNull();
  for (const pid of pids) await expect.poll(() => isAlive(pid)).toBe(false);
});

test('it ends with us, however we end', async () => {
  const child = spawn(process.execPath, [fileURLToPath(new URL('run-program-child.ts', import.meta.url))], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = Number(await new Promise((resolve) => child.stdout.once('data', resolve)));
  expect(isAlive(pid)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
});
