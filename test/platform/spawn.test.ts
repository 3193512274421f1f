import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
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

describe('a process that is listened to', () => {
  function listen(script: string, onLine: (line: string) => void = () => {}) {
    const lines: string[] = [];
    const running = systemSpawn.stream('sh', ['-c', script], {
      onLine: (line, stream) => {
        lines.push(stream === 'stderr' ? `2>${line}` : line);
        onLine(line);
      },
    });
    return { lines, running };
  }

  test('tells its lines, and how it ended', async () => {
    const { lines, running } = listen("printf 'one\\ntwo\\r\\n\\nthree'; exit 4");
    expect(await running.done).toEqual({ ok: true, value: { exitCode: 4, signal: null } });
    expect(lines).toEqual(['one', 'two\r', '', 'three']);
  });

  test('tells both streams apart', async () => {
    const { lines, running } = listen('echo out; echo err >&2');
    await running.done;
    expect(lines.toSorted()).toEqual(['2>err', 'out']);
  });

  test('is ended by TERM when it is cancelled', async () => {
    const { running } = listen('echo up; exec sleep 600', () => running.cancel());
    expect(await running.done).toEqual({ ok: true, value: { exitCode: null, signal: 'SIGTERM' } });
  });

  test('that ignores TERM is killed', async () => {
    const { running } = listen('trap "" TERM INT; echo up; while :; do sleep 1; done', () =>
      running.cancel('INT'),
    );
    expect(await running.done).toMatchObject({ value: { signal: 'SIGKILL' } });
  });

  test('cancelled at once never starts', async () => {
    const { lines, running } = listen('echo up');
    running.cancel();
    expect(await running.done).toEqual({ ok: true, value: { exitCode: null, signal: 'SIGTERM' } });
    expect(lines).toEqual([]);
  });

  test('that leaves its pipe to another is not waited for', async () => {
    const { lines, running } = listen('sleep 600 & echo $!; exit 0');
    expect(await running.done).toMatchObject({ ok: true, value: { exitCode: 0 } });
    process.kill(Number(lines[0]), 'SIGKILL');
  });

  test('that is not there is gone', async () => {
    const running = systemSpawn.stream('nixpulse-no-such-program', [], { onLine: () => {} });
    expect(await running.done).toMatchObject({ ok: false, problem: { kind: 'gone' } });
  });

  test('in a group of its own: all of it is ended, and nothing is left of it', async () => {
    const lines: string[] = [];
    const running = systemSpawn.stream('sh', ['-c', 'sleep 600 & trap "" TERM; echo $!; wait; sleep 600'], {
      group: true,
      onLine(line) {
        lines.push(line);
        running.cancel();
      },
    });
    expect(await running.done).toMatchObject({ ok: true, value: { signal: 'SIGKILL' } });
    expect(isAlive(Number(lines[0]))).toBe(false);
  });

  test('what is left of a group is killed when its first process ends', async () => {
    const lines: string[] = [];
    const running = systemSpawn.stream('sh', ['-c', 'sleep 600 >/dev/null 2>&1 & echo $!'], {
      group: true,
      onLine: (line) => lines.push(line),
    });
    expect(await running.done).toMatchObject({ value: { exitCode: 0 } });
    await expect.poll(() => isAlive(Number(lines[0]))).toBe(false);
  });
});

/** A zombie is none. */
function isAlive(pid: number): boolean {
  try {
    return !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
