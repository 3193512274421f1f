/** `nixpulse watch --guard` where no Nix is needed: limits of time, settings, keys, and the score card. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ScoreCard } from '../../src/model/rebuild/score-card.ts';
import { createBusyMachine } from '../support/machine.ts';
import { launcher, openPty } from '../support/pty.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-watch-guard-'));
const machine = createBusyMachine(5);
afterAll(() => {
  machine.dispose();
  rmSync(scratch, { recursive: true });
});
const config = join(scratch, 'config.toml');
writeFileSync(config, '[guard]\nrest = "1s"\n');

const environment = { PATH: process.env.PATH ?? '', HOME: scratch, LANG: 'C.UTF-8' };
function inLines(...args: readonly string[]) {
  const options = { encoding: 'utf8', input: '', env: environment } as const;
  const { status, stderr } = spawnSync(launcher, ['watch', ...args], options);
  return { status, stderr, lines: stderr.trimEnd().split('\n') };
}

describe('in lines', () => {
  test('a command beyond its time is told, and cancelled as by Ctrl-C', () => {
    const file = join(scratch, 'card.json');
    const flags = ['--config', config, '--limit', 'time=3s', '--score-card', file];
    const script = 'trap "echo interrupted >&2; exit 7" INT; while :; do sleep 0.1; done';
    const { status, stderr, lines } = inLines(...flags, '--', 'sh', '-c', script);
    expect(status, stderr).toBe(1);
    expect(lines[1]).toBe('nixpulse: guarded by time 3 s, and the usual rules');
    expect(lines.filter((line) => line.includes('guard: '))).toEqual([
      expect.stringMatching(/^nixpulse: guard: look: time of a rebuild [\d.]+ s, limit 3\.0 s/),
      expect.stringMatching(
        /^nixpulse: guard: cancelled the command: time of a rebuild [\d.]+ s, limit 3\.0 s/,
      ),
    ]);
    expect(stderr).toContain('nixpulse: SIGINT sent to sh: it ends by itself');
    expect(lines.at(-1)).toMatch(
      /^nixpulse: limit reached at [\d:]{8}: cancelled the command: time of a rebuild/,
    );
    const card = JSON.parse(readFileSync(file, 'utf8')) as ScoreCard;
    expect(card.exitCode).toBe(7);
    expect(card.items[0]).toMatchObject({ id: 'time', state: 'fail', limit: 3, note: { kind: 'not-done' } });
    expect(card.breaker).toMatchObject({ rule: 'rebuild-time', action: 'cancel' });
  });

  test('what fails on the score card fails no command', () => {
    const strict = join(scratch, 'strict.toml');
    writeFileSync(strict, '[scorecard]\nmemory = 0.001\n');
    const { status, stderr } = inLines('--config', strict, '--limit', 'time=1h', '--', 'sleep', '2');
    expect(stderr).toMatch(/^ FAIL +memory /m);
    expect(status).toBe(0);
  });

  test('one that ends in time ends as it ends', () => {
    const { status, lines } = inLines(
      '--config',
      config,
      '--limit',
      'time=1h',
      '--',
      'sh',
      '-c',
      'sleep 1; exit 5',
    );
    expect(status).toBe(5);
    expect(lines.join('\n')).not.toContain('limit reached');
  });

  test('wrong settings, a wrong limit, no command: 2, and nothing begins', () => {
    const wrong = join(scratch, 'wrong.toml');
    writeFileSync(wrong, '[guard]\nrest = "soon"\nrets = 3\n');
    const began = join(scratch, 'began');
    for (const [args, message] of [
      [['--config', wrong, '--guard'], `${wrong}:2: `],
      [['--limit', 'memory-detla=1G'], "expected memory-delta, not 'memory-detla'"],
      [['--limit', 'time=10G'], 'expected time=30m, or the like'],
    ] as const) {
      const { status, stderr } = inLines(...args, '--', 'touch', began);
      expect(status).toBe(2);
      expect(stderr).toContain(message);
    }
    expect(existsSync(began)).toBe(false);
    expect(inLines('--guard').status).toBe(2);
  });

  test('of a captured machine nothing is done: it only tells', () => {
    const flags = ['--root', machine.root, '--config', config, '--limit', 'time=2s'];
    const { status, stderr } = inLines(...flags, '--', 'sh', '-c', 'sleep 6; exit 4');
    expect(status).toBe(4);
    expect(stderr).toMatch(/^nixpulse: guarded by .*: only tells what it would do$/m);
    expect(stderr).toMatch(/guard: would cancel the command: time of a rebuild/);
    expect(stderr).not.toContain('limit reached');
  });

  test('--calm: nice 19 and idle I/O, and what it starts inherits them', () => {
    const report = join(scratch, 'calm');
    inLines('--calm', '--', 'sh', '-c', `sh -c 'nice; ionice 2>&1' >${report}`);
    expect(readFileSync(report, 'utf8')).toMatch(/^19\nidle/);
  });

  test('a score card that cannot be written is a complaint, and no failure of the command', () => {
    const { status, stderr } = inLines('--score-card', join(scratch, 'none/card.json'), '--', 'true');
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^nixpulse: the score card was not written: \S+card\.json: no such file or directory$/m,
    );
  });
});

describe('on a terminal', () => {
  const watch = (script: string, ...flags: readonly string[]) =>
    openPty({
      args: ['watch', '--no-record', '--config', config, ...flags, '--', 'sh', '-c', script],
      env: environment,
      columns: 100,
      rows: 30,
      deadlineMs: 40_000,
    });

  test('keys go on, the guard is told on the screen, and the breaker stands last', async () => {
    using pty = watch('while :; do sleep 0.1; done', '--limit', 'time=5s');
    await pty.waitForText('WATCH sh');
    pty.press('7');
    await pty.waitForText('guard: look: time of a rebuild');
    pty.press('1');
    expect((await pty.exited()).exitCode).toBe(1);
    expect(pty.terminal.buffer.active.type).toBe('normal');
    const lines = pty.screen().filter((line) => line !== '');
    const last = lines.findLastIndex((line) => line.startsWith('nixpulse: limit reached at '));
    expect(last).toBeGreaterThan(0);
    expect(lines.slice(last + 1).every((line) => !line.startsWith(' '))).toBe(true);
    expect(lines.join('\n')).toContain(' score     ');
  });

  test('who ends it himself before has the code of the command', async () => {
    using pty = watch('trap "exit 9" INT; while :; do sleep 0.1; done', '--limit', 'time=10m');
    await pty.waitForText('WATCH sh');
    pty.press('q');
    await pty.waitForText('y interrupts it');
    pty.press('y');
    expect((await pty.exited()).exitCode).toBe(9);
    expect(pty.screen().join('\n')).not.toContain('limit reached');
  });
});
