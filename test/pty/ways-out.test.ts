/** Every way out in a real pseudo-terminal: what the program set is set back, and the shell's modes are sane. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createBusyMachine } from '../support/machine.ts';
import { launcher, openPty, type Pty } from '../support/pty.ts';

const machine = createBusyMachine(5);
const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-ways-out-'));
afterAll(() => {
  machine.dispose();
  rmSync(scratch, { recursive: true });
});

const program = `${launcher} --root ${machine.root}`;
const times = (pty: Pty, text: string) => pty.output().split(text).length - 1;

/** The only child of a shell that waits for it. */
function childOf(pid: number): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').at(-1));
}

function alive(pid: number): boolean {
  try {
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The program as the child of a shell that prints how it ended and how the terminal is set then. */
async function started(before = ''): Promise<{ pty: Pty; pid: number }> {
  const script = `${before}stty -a > ${scratch}/before; ${program}; echo "code=$?"; stty -a > ${scratch}/after; echo done`;
  const pty = openPty({ columns: 80, rows: 24, file: '/bin/sh', args: ['-c', script] });
  await pty.waitForText('pkg00');
  return { pty, pid: childOf(pty.pid) };
}

async function expectRestored(pty: Pty, exitCode: number): Promise<void> {
  const screen = await pty.waitForText('done');
  expect(screen).toContain(`code=${exitCode}`);
  expect(readFileSync(`${scratch}/after`, 'utf8')).toBe(readFileSync(`${scratch}/before`, 'utf8'));
  expect(pty.terminal.buffer.active.type).toBe('normal');
  expect(pty.terminal.modes).toMatchObject({
    bracketedPasteMode: false,
    wraparoundMode: true,
    synchronizedOutputMode: false,
  });
  expect([times(pty, '\x1b[?1049h'), times(pty, '\x1b[?1049l')]).toEqual([1, 1]);
  expect([times(pty, '\x1b[?25l'), times(pty, '\x1b[?25h')]).toEqual([1, 1]);
  const after = pty.output().split('\x1b[?1049l')[1] ?? '';
  expect(after).not.toContain('pkg');
}

describe('the terminal is given back', () => {
  test.each([
    ['q', 'q', 0],
    ['Ctrl-C', '<ctrl-c>', 0],
    ['F10', '<f10>', 0],
  ])('%s', async (_, key, exitCode) => {
    const { pty } = await started();
    using _pty = pty;
    pty.press(key);
    await expectRestored(pty, exitCode);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)('%s', async (signal, exitCode) => {
    const { pty, pid } = await started();
    using _pty = pty;
    process.kill(pid, signal);
    await expectRestored(pty, exitCode);
  });

  test.each([
    ['an uncaught exception', "throw new Error('boom of the test')"],
    ['an unhandled rejection', "Promise.reject(new Error('boom of the test'))"],
  ])('%s: the error is printed after that, exit code 1', async (name, code) => {
    const preload = join(scratch, `${name.replaceAll(' ', '-')}.cjs`);
    writeFileSync(preload, `process.on('SIGUSR2', () => { ${code}; });`);
    const { pty, pid } = await started(`export NODE_OPTIONS='--require ${preload}'; `);
    using _pty = pty;
    process.kill(pid, 'SIGUSR2');
    await pty.waitForText('boom of the test');
    await expectRestored(pty, 1);
  });

  test('the terminal goes away: the program ends by itself', async () => {
    const pty = openPty({ columns: 80, rows: 24, args: ['--root', machine.root] });
    await pty.waitForText('pkg00');
    pty.hangUp();
    await vi.waitFor(() => expect(alive(pty.pid)).toBe(false), { timeout: 5000 });
  });

  test('the leader of its session ends: so does the program, with the code of a hang-up', async () => {
    const script = `${program} </dev/tty; echo "code=$?" > ${scratch}/orphan`;
    // The shell above leads the session; the one below outlives it.
    const pty = openPty({
      ...{ columns: 80, rows: 24, file: '/bin/sh' },
      args: ['-c', `trap '' HUP; (${script}) & wait`],
    });
    using _pty = pty;
    await pty.waitForText('pkg00');
    process.kill(pty.pid, 'SIGKILL');
    await vi.waitFor(() => expect(readFileSync(`${scratch}/orphan`, 'utf8')).toBe('code=129\n'), {
      timeout: 8000,
    });
  });
});

test('a home whose disk does not answer: the screen is given back, and the program ends', async () => {
  const home = join(scratch, 'home');
  mkdirSync(join(home, 'nixpulse'), { recursive: true });
  // Opening it to read waits for a writer who never comes, as a frozen disk does.
  spawnSync('mkfifo', [join(home, 'nixpulse/journal.jsonl')]);
  using pty = openPty({ args: ['--root', machine.root, '--no-record'], env: { XDG_STATE_HOME: home } });
  await pty.waitForText('pkg00');
  await pty.waitForText('hardened');
  pty.press('q');
  expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
});

describe('Ctrl-Z in a shell', () => {
  async function shell() {
    const pty = openPty({
      columns: 80,
      rows: 24,
      file: '/bin/bash',
      args: ['--norc', '--noprofile', '-i'],
      env: { PS1: 'prompt> ' },
    });
    await pty.waitForText('prompt>');
    pty.press(program, '<enter>');
    await pty.waitForText('pkg00');
    return pty;
  }

  test('stops, gives the terminal back; fg draws everything again', async () => {
    using pty = await shell();
    for (let round = 1; round <= 2; round += 1) {
      pty.press('<ctrl-z>');
      await pty.waitFor((screen) => screen.some((line) => line.includes('Stopped')), 'Stopped');
      expect(pty.terminal.buffer.active.type).toBe('normal');
      expect(pty.terminal.modes.wraparoundMode).toBe(true);
      pty.press('stty -a | tr " " "\\n" | grep -c "^icanon\\|^echo$"', '<enter>');
      await pty.waitFor((screen) => screen.some((line) => line.trim() === '2'), 'a sane terminal');
      pty.press('clear; fg', '<enter>');
      await pty.waitForText('pkg00');
      expect(pty.terminal.buffer.active.type).toBe('alternate');
      pty.press('<end>', '+');
      await pty.waitForText('cc1plus');
    }
    pty.press('q');
    await pty.waitForText('prompt>');
    pty.press('echo "code=$?"', '<enter>');
    await pty.waitForText('code=0');
  });

  test('a resize while it is stopped is seen on fg', async () => {
    using pty = await shell();
    pty.press('<ctrl-z>');
    await pty.waitForText('Stopped');
    pty.resize(60, 12);
    pty.press('fg', '<enter>');
    const screen = await pty.waitFor(
      (lines) => (lines.at(-1) ?? '').includes('[1 Overview]'),
      'the footer of 60 columns',
    );
    expect(screen).toHaveLength(12);
    pty.press('q');
  });

  test('a shell that ends while it is stopped takes it along, though the terminal stays', async () => {
    using pty = openPty({
      ...{ columns: 80, rows: 24, file: '/bin/bash', args: ['--norc', '--noprofile', '-i'] },
      env: { PS1: 'outer> ' },
    });
    await pty.waitForText('outer>');
    pty.press('PS1="inner> " sh -i', '<enter>');
    await pty.waitForText('inner>');
    pty.press(program, '<enter>');
    await pty.waitForText('pkg00');
    const pid = childOf(childOf(pty.pid));
    pty.press('<ctrl-z>');
    await pty.waitForText('Stopped');
    pty.press('exit; exit', '<enter>');
    await vi.waitFor(() => expect(alive(pid)).toBe(false), { timeout: 5000 });
    pty.press('echo back', '<enter>');
    await pty.waitFor((screen) => screen.includes('back'), 'the outer shell');
    expect(pty.terminal.buffer.active.type).toBe('normal');
  });

  test('SIGTSTP and SIGCONT from elsewhere, and SIGTERM while stopped', async () => {
    using pty = await shell();
    const pid = childOf(pty.pid);
    process.kill(pid, 'SIGTSTP');
    await pty.waitForText('Stopped');
    expect(pty.terminal.buffer.active.type).toBe('normal');
    pty.press('fg', '<enter>');
    await pty.waitForText('pkg00');
    pty.press('<ctrl-z>');
    await pty.waitForText('Stopped');
    pty.press('kill %1; fg; echo "code=$?"', '<enter>');
    await pty.waitForText('code=143');
    expect(pty.terminal.buffer.active.type).toBe('normal');
  });
});

describe('a terminal that does not read', () => {
  /**
   * Whole frames, one after the other so that none is left out: together far more than the kernel's
   * buffer holds.
   */
  const redraws = async (pty: Pty) => {
    let round = 0;
    const press = () => {
      pty.press('<ctrl-l>', round % 2 === 0 ? '?' : '<escape>');
      round += 1;
      expect(round).toBeGreaterThan(300);
    };
    await vi.waitFor(press, { interval: 5, timeout: 10_000 });
  };

  test('gets the newest frame once it reads again', async () => {
    const { pty } = await started();
    using _pty = pty;
    pty.pause();
    await redraws(pty);
    pty.press('2');
    pty.unpause();
    await pty.waitFor((screen) => /\[2[ /]/.test(screen.at(-1) ?? ''), 'the view Builds');
    pty.press('q');
    await expectRestored(pty, 0);
  });

  test('does not keep the program from ending', async () => {
    const { pty, pid } = await started();
    using _pty = pty;
    pty.pause();
    await redraws(pty);
    process.kill(pid, 'SIGTERM');
    await vi.waitFor(() => expect(alive(pid)).toBe(false), { timeout: 5000 });
  });
});
