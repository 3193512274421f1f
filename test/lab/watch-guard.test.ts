/** A controlled rebuild on a real daemon: what goes beyond its limits is told, paused and cancelled; what does not, lives. */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { ScoreCard } from '../../src/model/rebuild/score-card.ts';
import { bringUpLab, idsOf } from '../support/lab.ts';
import { launcher, openPty } from '../support/pty.ts';
import { end } from './end.ts';
import { inTurn } from './in-turn.ts';
import { buildsWithNonce, commandLine, processesBelow, processesWithNonce } from './truth.ts';
import { until } from './wait.ts';

const lab = bringUpLab();
const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-watch-guard-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Acts follow each other quickly, so that the test does not wait for minutes. */
const config = join(scratch, 'config.toml');
writeFileSync(config, '[guard]\nrest = "2s"\n');

describe.skipIf(lab.missing !== null)('a controlled rebuild', { timeout: 120_000 }, () => {
  inTurn();
  const started: { readonly child: ChildProcess; readonly nonce: string }[] = [];
  // Whatever became of the test.
  afterEach(async () => {
    for (const { child, nonce } of started.splice(0)) await end(child, nonce);
  }, 60_000);

  const environment = (nonce: string) => ({
    ...{ NONCE: nonce, NIX_REMOTE: 'daemon', NIX_PATH: '', NIX_CONF_DIR: `${lab.directory}/etc` },
    ...{ PATH: '/usr/local/bin:/usr/bin:/bin', HOME: scratch, LANG: 'C.UTF-8' },
  });
  const build = (workload: string, args: Readonly<Record<string, string>> = {}) => [
    ...['nix-build', '--no-out-link', '-j', '4', `${lab.directory}/workloads/${workload}.nix`],
    ...Object.entries(args).flatMap(([name, value]) => ['--argstr', name, value]),
  ];
  /** 100 MB each second up to 2.5 GB: what others on this machine give back meanwhile is less. */
  const leak = build('leak', { rate: '100', max: '2500' });
  const limits = ['--config', config, '--limit', 'memory-delta=250M,memory-delta.for=2s'];

  function start(
    nonce: string,
    flags: readonly string[],
    command: readonly string[],
    user: ReturnType<typeof idsOf> | null = null,
  ) {
    const child = spawn(launcher, ['watch', ...flags, '--', ...command], {
      env: { ...environment(nonce), ...(user && { HOME: user.home }) },
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(user && { uid: user.uid, gid: user.gid, cwd: '/' }),
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdout.resume();
    started.push({ child, nonce });
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, closed, stderr: () => stderr };
  }
  const stopped = (nonce: string) => processesWithNonce(nonce).filter(({ state }) => state === 'T');

  test('a build beyond memory-delta is told, paused and cancelled, and nothing of it is left', async () => {
    const nonce = randomUUID();
    const file = join(scratch, 'card.json');
    const { closed, stderr } = start(nonce, [...limits, '--score-card', file], leak);
    await until('it is paused', () => stopped(nonce).length > 0, { deadlineMs: 60_000, detail: stderr });
    expect(await closed).toBe(1);
    const text = stderr();
    expect(text).toMatch(/^nixpulse: before it begins: [\d.]+G of [\d.]+G available/m);
    expect(text).toMatch(
      /^nixpulse: guarded by memory-delta 250M, memory-delta\.for 2 s, and the usual rules/m,
    );
    expect(text).toMatch(/^nixpulse: guard: look at .*memory of a rebuild [\d.]+ [MG]B, limit 250 MB/m);
    expect(text).toMatch(/^nixpulse: guard: paused memleak-0\.1: memory of a rebuild/m);
    const lines = text.trimEnd().split('\n');
    expect(lines.at(-1)).toMatch(
      /^nixpulse: limit reached at [\d:]+: cancelled nix-build.*: memory of a rebuild [\d.]+ [MG]B, limit 250 MB, for \d+ seconds?, with memleak-0\.1$/,
    );
    const card = JSON.parse(readFileSync(file, 'utf8')) as ScoreCard;
    expect(card.acts.map(({ action }) => action)).toEqual(['tell', 'lower', 'pause', 'cancel']);
    expect(card.breaker).toMatchObject({ rule: 'memory-delta', action: 'cancel', within: ['memleak-0.1'] });
    expect(card.items.find(({ id }) => id === 'time')).toMatchObject({ state: 'fail' });
    await until('nothing is left', () => processesWithNonce(nonce).length === 0);
  });

  test('an honest one ends as it ends, with its card', async () => {
    const nonce = randomUUID();
    const file = join(scratch, 'honest.json');
    const flags = [...limits, '--score-card', file];
    const { closed, stderr } = start(nonce, flags, build('parallel', { secs: '5' }));
    expect(await closed).toBe(0);
    const text = stderr();
    expect(text).toContain(' score     ');
    expect(text).toMatch(/^ pass {4}time {7}\d+ s +max 10 min$/m);
    expect(text).not.toContain('limit reached');
    const card = JSON.parse(readFileSync(file, 'utf8')) as ScoreCard;
    expect(card).toMatchObject({ version: 1, exitCode: 0, acts: [], breaker: null });
    expect(card.items.find(({ id }) => id === 'zombies')).toMatchObject({ state: 'pass', value: 0 });
    expect(card.baseline?.availableBytes).toBeGreaterThan(0);
  });

  test('through a script, and by its time', async () => {
    const nonce = randomUUID();
    const script = `${build('stuck', { secs: '600' }).join(' ')}; exit 0`;
    const flags = ['--config', config, '--limit', 'time=6s'];
    const { closed, stderr } = start(nonce, flags, ['sh', '-c', script]);
    await until('the build', () => buildsWithNonce(nonce).length === 1);
    expect(await closed).toBe(1);
    expect(stderr()).toMatch(/limit reached at .*time of a rebuild [\d.]+ s, limit 6\.0 s/);
    await until('nothing is left', () => processesWithNonce(nonce).length === 0);
  });

  test('--calm: the command and its builds are last in line while they run', async () => {
    const nonce = randomUUID();
    const { child, closed } = start(nonce, ['--calm'], build('parallel', { secs: '8' }));
    const nices = () => processesWithNonce(nonce).flatMap(({ pid }) => niceOf(pid) ?? []);
    await until('every process of every build is lowered', () => {
      const all = nices();
      return buildsWithNonce(nonce).length >= 4 && all.length >= 4 && all.every((nice) => nice === 19);
    });
    const clients = processesBelow(child.pid ?? -1).filter(({ pid }) => commandLine(pid)[0] === 'nix-build');
    expect(clients.map(({ pid }) => niceOf(pid))).toEqual([19]);
    expect(await closed).toBe(0);
  });

  test('kill -9 while a build is paused: it goes on', async () => {
    const nonce = randomUUID();
    const { child, stderr } = start(nonce, limits, leak);
    await until('it is paused', () => stopped(nonce).length > 0, {
      ...{ deadlineMs: 100_000, everyMs: 20, detail: stderr },
    });
    child.kill('SIGKILL');
    await until('it goes on', () => stopped(nonce).length === 0 && buildsWithNonce(nonce).length === 1);
  });

  test('a user who may not touch builds of the daemon cancels all the same', async () => {
    const nonce = randomUUID();
    chmodSync(scratch, 0o755);
    const { closed, stderr } = start(nonce, limits, leak, idsOf('nixtester'));
    expect(await closed).toBe(1);
    const text = stderr();
    expect(text).toMatch(/^nixpulse: guard: could not pause memleak-0\.1: /m);
    expect(text).toMatch(/^nixpulse: limit reached at .*: cancelled nix-build leak\.nix: /m);
    await until('nothing is left', () => processesWithNonce(nonce).length === 0);
  });

  test('on the screen: keys go on working, and the terminal is given back with the breaker', async () => {
    const nonce = randomUUID();
    using pty = openPty({
      args: ['watch', '--no-record', ...limits, '--', ...leak],
      deadlineMs: 100_000,
      env: environment(nonce),
      columns: 120,
      rows: 40,
    });
    await pty.waitForText('WATCH nix-build');
    await until('the build', () => buildsWithNonce(nonce).length === 1);
    pty.press('2');
    await pty.waitForText('memleak-0.1');
    await pty.waitForText('guard: paused memleak-0.1');
    pty.press('7');
    expect((await pty.exited()).exitCode).toBe(1);
    const screen = pty.screen().join('\n');
    expect(pty.terminal.buffer.active.type).toBe('normal');
    expect(screen).toContain('limit reached at ');
    expect(screen).toContain(' score     ');
    await until('nothing is left', () => processesWithNonce(nonce).length === 0);
  });
});

/** Field 19 of proc_pid_stat(5). */
function niceOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  } catch {
    return null;
  }
}
