/** What must end with us: a real process, whose starter is killed. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { systemSpawn } from '../../src/platform/spawn.ts';
import { until } from '../lab/wait.ts';

const starter = fileURLToPath(new URL('mortal-starter.ts', import.meta.url));

function run(file: string, args: readonly string[], onStart: (pid: number) => void = () => {}) {
  const lines: string[] = [];
  const onLine = (line: string, stream: string) => void lines.push(`${stream}: ${line}`);
  return { lines, running: systemSpawn.stream(file, args, { mortal: true, onLine, onStart }) };
}

/** A pid that nobody reaps is still listed. */
function isRunning(pid: number): boolean {
  if (!existsSync(`/proc/${pid}`)) return false;
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

test.each(['SIGKILL', 'SIGTERM'] as const)('ends with nixpulse, which gets a %s', async (signal) => {
  const child = spawn(process.execPath, [starter], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (text) => {
    said += text;
  });
  const pid = Number(await until('its start', () => /pid (\d+)/.exec(said)?.[1]));
  // setpriv has become it.
  await until('the program', () => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sleep');
  child.kill(signal);
  await until('its end', () => !isRunning(pid));
});

test('tells its lines and how it ended, and is cancelled', async () => {
  const said = run('sh', ['-c', 'echo one; echo two >&2; exit 4']);
  expect(await said.running.done).toEqual({ ok: true, value: { exitCode: 4, signal: null } });
  expect(said.lines.toSorted()).toEqual(['stderr: two', 'stdout: one']);
  const { promise: started, resolve } = Promise.withResolvers<number>();
  const endless = run('sleep', ['1000'], resolve);
  await started;
  endless.running.cancel();
  expect(await endless.running.done).toEqual({ ok: true, value: { exitCode: null, signal: 'SIGTERM' } });
});

test('a program that is not there', async () => {
  const { running } = run('nixpulse-has-no-such-program', []);
  expect(await running.done).toMatchObject({ ok: true, value: { exitCode: 127 } });
});
