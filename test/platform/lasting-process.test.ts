/** What must not end with us: a real process, whose starter is killed or loses its terminal. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, test } from 'vitest';
import { systemSpawn } from '../../src/platform/spawn.ts';
import { until } from '../lab/wait.ts';

const starter = fileURLToPath(new URL('lasting-starter.ts', import.meta.url));
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function run(script: string, onLine: (line: string) => void = () => {}) {
  const lines: string[] = [];
  const running = systemSpawn.stream('sh', ['-c', script], {
    lasting: true,
    onLine: (line, stream) => {
      lines.push(`${stream}: ${line}`);
      onLine(line);
    },
  });
  return { lines, running };
}

describe('an activation', () => {
  /** Says `begun <pid>`, waits for the file `go`, says more, and leaves the file `done`. */
  function begin(): { readonly folder: string; readonly child: ChildProcess; said(): string } {
    const folder = mkdtempSync(join(tmpdir(), 'nixpulse-lasting-'));
    folders.push(folder);
    const script = `cd ${folder}; echo begun $$; while [ ! -e go ]; do sleep 0.05; done
      for i in 1 2 3; do echo more || exit 9; done; ps -o sid= -p $$ > sid; echo ok > part; mv part done`;
    // A session of its own, as a terminal's is.
    const child = spawn(process.execPath, [starter, script], {
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let said = '';
    child.stdout?.on('data', (text) => {
      said += text;
    });
    return { folder, child, said: () => said };
  }

  test.each([
    ['is killed', 'SIGKILL', 1],
    ['is ended', 'SIGTERM', 1],
    ['loses its terminal, all of its session with it', 'SIGHUP', -1],
    ['gets a Ctrl-C, all of its group with it', 'SIGINT', -1],
  ] as const)('goes on to its end when nixpulse %s', async (_, signal, sign) => {
    const { folder, child, said } = begin();
    const activation = Number(await until('its start', () => /begun (\d+)/.exec(said())?.[1]));
    const starterPid = child.pid ?? 0;
    process.kill(sign * starterPid, signal);
    await until('the end of its starter', () => child.signalCode);
    expect(child.signalCode).toBe(signal);
    writeFileSync(join(folder, 'go'), '');
    await until('its end', () => existsSync(join(folder, 'done')));
    expect(Number(readFileSync(join(folder, 'sid'), 'utf8'))).toBe(activation);
  });

  test('is listened to while nixpulse lives', async () => {
    const { folder, said, child } = begin();
    await until('its start', () => said().includes('begun'));
    writeFileSync(join(folder, 'go'), '');
    await until('the end of its starter', () => child.exitCode !== null);
    expect(said()).toMatch(
      /^begun \d+\nmore\nmore\nmore\n\{"ok":true,"value":\{"exitCode":0,"signal":null\}\}\n$/,
    );
  });
});

describe('like any process that is listened to', () => {
  test('tells its lines in order, and how it ended', async () => {
    const { lines, running } = run("echo one; echo two >&2; printf 'thr\\303\\251e'; exit 4");
    expect(await running.done).toEqual({ ok: true, value: { exitCode: 4, signal: null } });
    expect(lines).toEqual(['stdout: one', 'stdout: two', 'stdout: thrée']);
  });

  test('a lot of it', async () => {
    const { lines, running } = run('seq 1 100000');
    await running.done;
    expect(lines).toHaveLength(100_000);
    expect(lines.at(-1)).toBe('stdout: 100000');
  });

  test('is not cancelled', async () => {
    const { lines, running } = run('echo up; read x; echo end', () => running.cancel());
    expect(await running.done).toMatchObject({ value: { exitCode: 0 } });
    expect(lines).toEqual(['stdout: up', 'stdout: end']);
  });

  test.each([
    ['nixpulse-no-such-program', { kind: 'gone' }],
    ['/etc/passwd', { kind: 'denied' }],
  ])('%s: why it never ran', async (file, problem) => {
    const running = systemSpawn.stream(file, [], { lasting: true, onLine: () => {} });
    expect(await running.done).toMatchObject({ ok: false, problem });
  });

  test('leaves no file behind, whatever becomes of it', async () => {
    const { lines, running } = run('readlink /proc/$$/fd/1');
    await running.done;
    expect(lines).toEqual([expect.stringMatching(/^stdout: \/.* \(deleted\)$/)]);
  });
});
