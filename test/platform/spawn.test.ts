import { expect, test } from 'vitest';
import { systemSpawn } from '../../src/platform/spawn.ts';

test('an exit code is a value', async () => {
  const result = await systemSpawn.run('sh', ['-c', 'printf out; printf err >&2; exit 7']);
  expect(result).toEqual({ ok: true, value: { exitCode: 7, signal: null, stdout: 'out', stderr: 'err' } });
});

test('a signal is a value', async () => {
  const result = await systemSpawn.run('sh', ['-c', 'kill -KILL $$']);
  expect(result).toMatchObject({ ok: true, value: { exitCode: null, signal: 'SIGKILL' } });
});

test('a program that is not there is gone', async () => {
  const result = await systemSpawn.run('nixpulse-no-such-program', []);
  expect(result).toEqual({ ok: false, problem: { kind: 'gone', where: 'nixpulse-no-such-program' } });
});

test('what is not executable is denied', async () => {
  expect(await systemSpawn.run('/etc/passwd', [])).toMatchObject({ problem: { kind: 'denied' } });
});

test('a process past its time is ended', async () => {
  const result = await systemSpawn.run('sleep', ['600'], { timeoutMs: 20 });
  expect(result).toEqual({ ok: false, problem: { kind: 'timeout', where: 'sleep' } });
});

test('the environment is added to', async () => {
  const result = await systemSpawn.run('sh', ['-c', 'printf %s "$NIXPULSE_X"'], {
    environment: { NIXPULSE_X: '1' },
  });
  expect(result).toMatchObject({ ok: true, value: { stdout: '1' } });
});
