/** `nixpulse watch` as people meet it: in a terminal, in a pipe, in a log. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';
import { until } from '../lab/wait.ts';
import { createBusyMachine } from '../support/machine.ts';
import { launcher, openPty, type Pty, type PtyOptions } from '../support/pty.ts';

const machine = createBusyMachine(5);
const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-watch-'));
afterAll(() => {
  machine.dispose();
  rmSync(scratch, { recursive: true });
});

const player = fileURLToPath(new URL('../support/play-log.mjs', import.meta.url));
const log = (name: string) => fileURLToPath(new URL(`../fixtures/logs/${name}.gz`, import.meta.url));
const played = (name: string, ms = 0, code = 0) => [process.execPath, player, log(name), `${ms}`, `${code}`];
const captured = ['--root', machine.root];

function watch(command: readonly string[], options: PtyOptions & { readonly flags?: string[] } = {}): Pty {
  const { flags = [], ...rest } = options;
  return openPty({ args: ['watch', ...captured, ...flags, '--', ...command], ...rest });
}

/** In the dashboard. */
const onScreen = (pty: Pty) => pty.waitForText('pkg00');
const times = (pty: Pty, text: string) => pty.output().split(text).length - 1;

function inLines(args: readonly string[], input = '') {
  const { status, stdout, stderr } = spawnSync(launcher, ['watch', ...captured, ...args], {
    encoding: 'utf8',
    input,
    env: { PATH: process.env.PATH, HOME: scratch, LANG: 'C.UTF-8', CI: '1' },
  });
  return { status, stdout, lines: stderr.split('\n').slice(0, -1) };
}

/** What the command waits for until the test goes on. */
function gate() {
  const file = join(mkdtempSync(join(scratch, 'gate-')), 'open');
  return {
    waiting: `until [ -e ${file} ]; do sleep 0.05; done`,
    open: () => writeFileSync(file, ''),
  };
}

describe('on a terminal', () => {
  test('the dashboard beside the command, then its stdout and a summary', async () => {
    using pty = watch(played('nix-2.34/nixbuild-fail-k', 6000, 1), { columns: 100, rows: 30 });
    await onScreen(pty);
    await pty.waitForText('WATCH ');
    const { exitCode } = await pty.exited();
    expect(exitCode).toBe(1);
    const screen = pty.screen().join('\n');
    expect(pty.terminal.buffer.active.type).toBe('normal');
    expect(screen).toMatch(/\/nix\/store\/result\n score [\s\S]*\nfailed, exit code 1, after/);
    expect(screen).toContain('failed    bad-0.9 in buildPhase');
    expect(screen).toContain('nix log /nix/store/');
    expect([times(pty, '\x1b[?1049h'), times(pty, '\x1b[?1049l')]).toEqual([1, 1]);
  });

  test.each([0, 1, 2, 100, 130])('exit code %i', async (code) => {
    using pty = watch(['sh', '-c', `sleep 1; exit ${code}`]);
    expect(await pty.exited()).toEqual({ exitCode: code, signal: 0 });
  });

  test('a signal is 128 and its number', async () => {
    using pty = watch(['sh', '-c', 'sleep 1; kill -TERM $$']);
    expect((await pty.exited()).exitCode).toBe(143);
    expect(pty.screen().join('\n')).toContain('ended by SIGTERM');
  });

  test('a command that is not there, one that cannot be run: a line, no screen', async () => {
    writeFileSync(join(scratch, 'data'), 'no program');
    for (const [command, code, text] of [
      ['nowhere-to-be-found', 127, 'nowhere-to-be-found: command not found'],
      [join(scratch, 'none'), 127, 'none: no such file'],
      [join(scratch, 'data'), 126, 'data: cannot be executed'],
    ] as const) {
      using pty = watch([command]);
      expect((await pty.exited()).exitCode).toBe(code);
      expect(pty.screen().join('\n')).toContain(text);
      expect(pty.output()).not.toContain('\x1b[?1049h');
    }
  });

  test('what is over at once has its summary all the same', async () => {
    using pty = watch(played('nix-2.34/nixbuild-fail-k', 0, 1));
    expect((await pty.exited()).exitCode).toBe(1);
    expect(pty.output()).not.toContain('\x1b[?1049h');
    expect(pty.screen().join('\n')).toContain('failed    bad-0.9 in buildPhase');
  });

  test('no command: one line that says how', async () => {
    using pty = openPty({ args: ['watch'] });
    expect((await pty.exited()).exitCode).toBe(2);
    expect(pty.screen()[0]).toMatch(/^nixpulse: nothing to watch: nixpulse watch -- CMD/);
  });

  test('what makes Nix talk is added, and the words after -- are left alone', async () => {
    const folder = mkdtempSync(join(scratch, 'bin-'));
    const words = join(folder, 'words');
    writeFileSync(join(folder, 'nix'), `#!/bin/sh\nfor word; do echo "$word"; done >${words}\n`, {
      mode: 0o755,
    });
    using pty = watch(['nix', 'build', '--help-me', '--', '-v'], {
      env: { PATH: `${folder}:${process.env.PATH}` },
    });
    await pty.exited();
    expect(readFileSync(words, 'utf8').trim().split('\n')).toEqual([
      '--log-format',
      'internal-json',
      '-v',
      'build',
      '--help-me',
      '--',
      '-v',
    ]);
  });

  test('a terminal that is raw for as long as the command runs, as sudo has it, is no question', async () => {
    const { waiting, open } = gate();
    using pty = watch(['sh', '-c', `stty raw -echo </dev/tty; ${waiting}; exit 4`]);
    await onScreen(pty);
    await pty.waitForText('WATCH sh');
    open();
    expect((await pty.exited()).exitCode).toBe(4);
    expect(pty.output()).not.toContain('does not show the answer');
  });

  test('of a shell the rebuild is watched, then it begins on the terminal', async () => {
    const folder = mkdtempSync(join(scratch, 'bin-'));
    const script =
      'case "$*" in *--run*) exit 0;; *) [ -t 2 ] && echo "shell of $* [$UV_THREADPOOL_SIZE$FORCE_COLOR]"; exit 5;; esac';
    writeFileSync(join(folder, 'nix-shell'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
    using pty = watch(['nix-shell', '-p', 'x'], { env: { PATH: `${folder}:${process.env.PATH}` } });
    expect((await pty.exited()).exitCode).toBe(5);
    expect(pty.screen().join('\n')).toContain('shell of -p x []');
  });

  test('it sees a terminal of our size as its own, and its environment as it was', async () => {
    const report = join(scratch, 'report');
    const script = `{ tty; stty size; tty </dev/tty; env; } >${report} 2>&1; [ -t 2 ] || echo none >>${report}`;
    using pty = watch(['sh', '-c', script], { columns: 90, rows: 20, env: { CI: '1' } });
    await pty.exited();
    const text = readFileSync(report, 'utf8');
    expect(text).toMatch(/^\/dev\/pts\/\d+\n20 90\n\/dev\/(?:tty|pts\/\d+)\n/);
    expect(text).toMatch(/none\n$/);
    expect(text).toContain('CI=1\n');
    expect(text).not.toMatch(/NIXPULSE|FORCE_COLOR|UV_THREADPOOL|MALLOC/);
  });

  test('where /proc is not', async () => {
    using pty = watch(played('nix-2.34/nix_build-parallel', 4000), { flags: ['--source', 'portable'] });
    await pty.waitForText('WATCH ');
    expect((await pty.exited()).exitCode).toBe(0);
    expect(pty.screen().join('\n')).toContain('built     5 of 5');
  });
});

describe('a person is asked', () => {
  const question = '[sudo] password for ada:';
  const getpass = `python3 -c 'import getpass; print("got " + getpass.getpass("${question} "))'`;

  const asks = (pty: Pty, text: string) =>
    pty.waitFor(
      (screen) => pty.terminal.buffer.active.type === 'normal' && screen.some((line) => line.includes(text)),
      text,
    );

  /** A script of its own, so that no title shows what it is about to ask. */
  function running(...lines: readonly string[]): Pty {
    const script = join(mkdtempSync(join(scratch, 'script-')), 'asks');
    writeFileSync(script, `${lines.join('\n')}\n`);
    return watch(['sh', script]);
  }

  test('at once', async () => {
    const end = gate();
    using pty = running(getpass, end.waiting);
    await asks(pty, question);
    pty.press('s', 'e', 'c', 'q', '<enter>');
    await onScreen(pty);
    end.open();
    expect((await pty.exited()).exitCode).toBe(0);
    expect(pty.screen().join('\n')).toContain('got secq');
    expect(times(pty, 'secq')).toBe(1);
  });

  test('in the middle: the screen is given back, and comes again', async () => {
    const [begin, end] = [gate(), gate()];
    using pty = running(begin.waiting, getpass, end.waiting);
    await onScreen(pty);
    begin.open();
    await asks(pty, question);
    // None of them is a key of the dashboard.
    pty.press('q', 'k', '2', '<enter>');
    await onScreen(pty);
    end.open();
    expect((await pty.exited()).exitCode).toBe(0);
    expect(pty.screen().join('\n')).toContain('got qk2');
  });

  test('a password twice, without an end of the line', async () => {
    const [begin, end] = [gate(), gate()];
    const ask = 'stty -echo </dev/tty; printf "Secret: " >/dev/tty; read -r p </dev/tty; stty echo </dev/tty';
    using pty = running(begin.waiting, ask, ask, 'echo "last $p"', end.waiting);
    await onScreen(pty);
    begin.open();
    await asks(pty, 'Secret:');
    pty.press('o', 'n', 'e', '<enter>');
    await pty.waitFor(() => times(pty, 'Secret: ') === 2, 'the second question');
    pty.press('t', 'w', 'o', '<enter>');
    await onScreen(pty);
    end.open();
    expect((await pty.exited()).exitCode).toBe(0);
    expect(pty.screen().join('\n')).toContain('last two');
  });

  test('a question that echoes its answer', async () => {
    const [begin, end] = [gate(), gate()];
    const ask = 'printf "continue? [y/N] " >/dev/tty; read -r a </dev/tty; echo "said $a"';
    using pty = running(begin.waiting, ask, end.waiting);
    await onScreen(pty);
    begin.open();
    await asks(pty, 'continue? [y/N]');
    pty.press('n', 'o', '<enter>');
    await onScreen(pty);
    end.open();
    expect((await pty.exited()).exitCode).toBe(0);
    expect(pty.screen().join('\n')).toContain('said no');
    expect(pty.output()).toMatch(/\[y\/N\] no\r+\n/);
  });

  test('Ctrl-C at a password ends the command', async () => {
    using pty = running(getpass);
    await asks(pty, question);
    pty.press('<ctrl-c>');
    expect((await pty.exited()).exitCode).toBe(130);
  });

  test('what it says without asking is there at the end', async () => {
    const [begin, end] = [gate(), gate()];
    using pty = running(begin.waiting, 'echo "a note to you" >/dev/tty', end.waiting);
    await onScreen(pty);
    begin.open();
    end.open();
    await pty.exited();
    expect(pty.screen().join('\n')).toContain('a note to you');
    expect(times(pty, '\x1b[?1049h')).toBe(1);
  });
});

describe('the way out', () => {
  const deaf = 'trap "" INT TERM; while :; do sleep 0.1; done';

  test('Ctrl-C goes to the command, which ends by itself', async () => {
    using pty = watch(['sh', '-c', 'trap "sleep 1; echo tidied; exit 130" INT; while :; do sleep 0.1; done']);
    await onScreen(pty);
    pty.press('<ctrl-c>');
    await pty.waitForText('SIGINT sent to sh: it ends by itself (Ctrl-C again: SIGTERM)');
    expect((await pty.exited()).exitCode).toBe(130);
    expect(pty.screen().join('\n')).toMatch(/tidied\ninterrupted after/);
  });

  test('who does not listen is terminated, then killed', async () => {
    using pty = watch(['sh', '-c', deaf]);
    await onScreen(pty);
    for (const signal of ['SIGINT', 'SIGTERM']) {
      pty.press('<ctrl-c>');
      await pty.waitForText(`${signal} sent`);
    }
    pty.press('<ctrl-c>');
    expect((await pty.exited()).exitCode).toBe(137);
  });

  test('q asks: any other key stays, y interrupts', async () => {
    using pty = watch(['sleep', '100']);
    await onScreen(pty);
    pty.press('q');
    await pty.waitForText('sleep 100 is not over');
    pty.press('n');
    await pty.waitFor((screen) => !screen.some((line) => line.includes('is not over')));
    pty.press('q');
    await pty.waitForText('interrupts it');
    pty.press('y');
    expect((await pty.exited()).exitCode).toBe(130);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGHUP', 129],
  ] as const)('%s to us is one to the command', async (signal, code) => {
    using pty = watch([
      'sh',
      '-c',
      `trap 'echo got ${signal}; exit ${code}' ${signal.slice(3)}; while :; do sleep 0.1; done`,
    ]);
    await onScreen(pty);
    pty.kill(signal);
    expect((await pty.exited()).exitCode).toBe(code);
    expect(pty.screen().join('\n')).toContain(`got ${signal}`);
  });

  test('a terminal that is closed hangs the command up', async () => {
    const done = join(scratch, 'hung-up');
    using pty = watch(['sh', '-c', `trap 'echo >${done}; exit' HUP; while :; do sleep 0.1; done`]);
    await onScreen(pty);
    pty.hangUp();
    await until('the command heard of it', () => existsSync(done));
  });

  test('we are killed: the command goes on', async () => {
    const done = join(scratch, 'went-on');
    const end = gate();
    using pty = watch(['sh', '-c', `${end.waiting}; echo line >&2; echo >${done}`]);
    await onScreen(pty);
    pty.kill('SIGKILL');
    await pty.exited();
    end.open();
    await until('the command ended', () => existsSync(done));
  });
});

describe('nothing of ours makes it wait', () => {
  test('10 MB while we are stopped', async () => {
    const done = join(scratch, 'written');
    const begin = gate();
    const script = `${begin.waiting}; head -c 10485760 /dev/zero | tr '\\0' 'x' | fold >&2; echo >${done}`;
    using pty = watch(['sh', '-c', script]);
    await onScreen(pty);
    process.kill(pty.pid, 'SIGSTOP');
    begin.open();
    await until('it has written all', () => existsSync(done));
    process.kill(pty.pid, 'SIGCONT');
    expect((await pty.exited()).exitCode).toBe(0);
  });
});

describe('a stream on stdin', () => {
  test('keys come from the terminal', async () => {
    const [node = '', ...args] = played('nix-2.34/nix_build-parallel', 5000);
    const line = `${node} ${args.join(' ')} 2>&1 >/dev/null | ${launcher} watch --root ${machine.root}; echo code=$?`;
    using pty = openPty({ file: '/bin/sh', args: ['-c', line] });
    await onScreen(pty);
    pty.press('3');
    await pty.waitForText('[3 Disks]');
    const screen = (await pty.waitForText('code=')).join('\n');
    expect(screen).toContain('code=0');
    expect(screen).toContain('built     5 of 5');
  });

  test('Ctrl-C interrupts who writes it', async () => {
    const script = 'trap "echo ended by it; exit 1" INT; while :; do sleep 0.1; done';
    const line = `sh -c '${script}' 2>&1 | ${launcher} watch --root ${machine.root}; echo code=$?`;
    using pty = openPty({ file: '/bin/bash', args: ['-c', `trap : INT; ${line}`] });
    await onScreen(pty);
    pty.press('<ctrl-c>');
    await pty.waitForText('code=');
  });
});

describe('a file', () => {
  test('is followed until q, which asks nothing', async () => {
    const file = join(scratch, 'json-log');
    const bytes = spawnSync('zcat', [log('nix-2.34/nix_build-parallel')]).stdout;
    writeFileSync(file, bytes.toString('latin1').replaceAll('@nix ', ''), 'latin1');
    using pty = openPty({ args: ['watch', ...captured, '--log', file] });
    await onScreen(pty);
    pty.press('q');
    expect((await pty.exited()).exitCode).toBe(0);
    expect(pty.screen().join('\n')).toContain('built     5 of 5');
  });
});

describe('without a terminal', () => {
  test('plain lines on stderr, stdout untouched, the exit code', () => {
    const { status, stdout, lines } = inLines(['--', ...played('nix-2.34/nixbuild-fail-k', 4000, 1)]);
    expect(status).toBe(1);
    expect(stdout).toBe('/nix/store/result\n');
    expect(lines.filter((line) => /^\[\d\/3 built/.test(line)).length).toBeGreaterThan(1);
    expect(lines).toContain('failed: bad-0.9: exit code 2: src/main.c:12:3: error: expected ;');
    expect(lines.at(-1)).toMatch(/nix log /);
    expect(lines.join()).not.toContain('\u001b');
  });

  test.each([0, 1, 100, 130])('exit code %i', (code) => {
    expect(inLines(['--', 'sh', '-c', `exit ${code}`]).status).toBe(code);
  });

  test('a command that is not there', () => {
    expect(inLines(['--', 'nowhere-to-be-found'])).toMatchObject({
      status: 127,
      lines: ['nixpulse: nowhere-to-be-found: command not found'],
    });
  });

  test('its stdin is ours', () => {
    expect(inLines(['--', 'cat'], 'handed on\n').stdout).toBe('handed on\n');
  });

  test('a stream on stdin: 1 where something failed, else 0', () => {
    const stream = (name: string) => spawnSync('zcat', [log(name)]).stdout.toString('latin1');
    expect(inLines([], stream('nix-2.34/nixbuild-fail')).status).toBe(1);
    expect(inLines([], stream('nix-2.34/nix_build-parallel')).status).toBe(0);
  });

  test('colours where they are asked for', () => {
    const { lines } = inLines(['--color', 'always', '--', 'true']);
    expect(lines[0]?.startsWith('\u001b[32mdone')).toBe(true);
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s goes to the command', async (signal, code) => {
    const script = `trap 'exit ${code}' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`;
    const child = spawn(launcher, ['watch', ...captured, '--', 'sh', '-c', script], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    await new Promise((resolve) => child.stdout.once('data', resolve));
    child.kill(signal);
    expect(await ended).toBe(code);
  });
});
