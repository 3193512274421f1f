/** `nixpulse rescue` in a real pseudo-terminal: consoles, ways out, a terminal that does not read. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createBusyMachine } from '../support/machine.ts';
import { launcher, openPty, type Pty } from '../support/pty.ts';

const machine = createBusyMachine(12);
const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-rescue-'));
afterAll(() => {
  machine.dispose();
  rmSync(scratch, { recursive: true });
});

function open(over: { columns?: number; rows?: number; term?: string; args?: readonly string[] } = {}): Pty {
  const { columns = 80, rows = 25, term = 'linux', args = [] } = over;
  return openPty({ columns, rows, args: ['rescue', '--root', machine.root, ...args], env: { TERM: term } });
}
const has = (text: string) => (screen: readonly string[]) => screen.some((line) => line.includes(text));

test.each([
  ['linux', 80, 25],
  ['xterm-256color', 120, 40],
  ['linux', 40, 8],
])('%s %dx%d: a number picks, k asks, another key says no', async (term, columns, rows) => {
  using pty = open({ term, columns, rows });
  await pty.waitForText('pkg0');
  expect(pty.screen()[0]).toContain('rescue');
  pty.press('2');
  await pty.waitFor((screen) => screen.some((line) => /^.?2 /.test(line)));
  pty.press('k');
  await pty.waitForText('kill pkg');
  expect(pty.screen()).toHaveLength(rows);
  pty.press('k');
  await pty.waitForText('Quit');
  pty.press('q');
  expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
});

test('in a captured tree y changes nothing and says so', async () => {
  using pty = open({ columns: 120 });
  await pty.waitForText('pkg0');
  pty.press('K');
  await pty.waitForText('any other key no');
  pty.press('y');
  await pty.waitForText('captured tree');
});

test('TERM=dumb: text only, below each other', async () => {
  using pty = open({ term: 'dumb' });
  await pty.waitForText('pkg0');
  pty.press('1');
  await pty.waitForText('>1 ');
  pty.press('C');
  await pty.waitForText('cancel everything');
  pty.press('n');
  await pty.waitFor((screen) => (screen.findLast((line) => line !== '') ?? '').includes('Quit'));
  pty.press('q');
  expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
  expect(pty.output()).not.toContain('\u001b');
});

test('flags before the word do the same', async () => {
  using pty = openPty({
    columns: 80,
    rows: 25,
    args: ['--read-only', '--root', machine.root, 'rescue'],
  });
  await pty.waitFor((screen) => has('rescue')(screen) && has('pkg0')(screen));
  pty.press('C');
  await pty.waitForText('started with --read-only');
});

describe('the terminal is given back', () => {
  async function started(): Promise<{ pty: Pty; pid: number }> {
    const script = `stty -a > ${scratch}/before; ${launcher} rescue --root ${machine.root}; echo "code=$?"; stty -a > ${scratch}/after; echo done`;
    const pty = openPty({ columns: 80, rows: 24, file: '/bin/sh', args: ['-c', script] });
    await pty.waitForText('pkg0');
    const children = readFileSync(`/proc/${pty.pid}/task/${pty.pid}/children`, 'utf8');
    return { pty, pid: Number(children.trim().split(' ').at(-1)) };
  }
  async function expectRestored(pty: Pty, exitCode: number): Promise<void> {
    const screen = await pty.waitForText('done');
    expect(screen).toContain(`code=${exitCode}`);
    expect(readFileSync(`${scratch}/after`, 'utf8')).toBe(readFileSync(`${scratch}/before`, 'utf8'));
    expect(pty.terminal.buffer.active.type).toBe('normal');
    expect(pty.terminal.modes).toMatchObject({ bracketedPasteMode: false, wraparoundMode: true });
  }

  test.each([
    ['q', 'q', 0],
    ['Ctrl-C', '<ctrl-c>', 0],
  ])('%s', async (_, key, exitCode) => {
    const { pty } = await started();
    using _pty = pty;
    pty.press(key);
    await expectRestored(pty, exitCode);
  });

  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGQUIT', 131],
  ] as const)('%s', async (signal, exitCode) => {
    const { pty, pid } = await started();
    using _pty = pty;
    process.kill(pid, signal);
    await expectRestored(pty, exitCode);
  });
});

test('a terminal that does not read keeps it neither from acting nor from ending', async () => {
  using pty = open({ columns: 120 });
  await pty.waitForText('pkg0');
  pty.pause();
  for (let round = 0; round < 300; round += 1) {
    pty.press('<ctrl-l>', round % 2 === 0 ? '1' : '2');
    if (round % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  process.kill(pty.pid, 'SIGTERM');
  const alive = () => {
    try {
      return !/\) Z /.test(readFileSync(`/proc/${pty.pid}/stat`, 'utf8'));
    } catch {
      return false;
    }
  };
  await vi.waitFor(() => expect(alive()).toBe(false), { timeout: 5000 });
});

test('without a terminal it says what to use instead', async () => {
  using pty = openPty({
    columns: 100,
    rows: 10,
    file: '/bin/sh',
    args: ['-c', `${launcher} rescue < /dev/null; echo "code=$?"`],
  });
  const screen = await pty.waitForText('code=2');
  expect(screen.join('\n')).toContain('rescue needs a terminal');
});

test.each([['--read-only'], ['--ascii'], ['--harden=off']])(
  'rescue %s says at once that it lives',
  async (word) => {
    using pty = openPty({ columns: 100, rows: 25, args: ['rescue', word] });
    await pty.waitForText('Quit');
    expect(pty.output()).toMatch(/^nixpulse rescue: reading the machine \.\.\./);
  },
);

test('who asks for help is not told of the machine', async () => {
  using pty = openPty({ columns: 100, rows: 60, args: ['rescue', '--help'] });
  await pty.waitForText('--read-only');
  expect(pty.output()).not.toContain('reading the machine');
});

test('hardened and settled it holds less than 55 MB', async () => {
  using pty = openPty({ columns: 80, rows: 25, args: ['rescue'] });
  await pty.waitFor((screen) => /hardened/.test(screen[0] ?? ''));
  const residentBytes = () =>
    Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pty.pid}/status`, 'utf8'))?.[1]) * 1024;
  await vi.waitFor(() => expect(residentBytes()).toBeLessThan(55e6), { timeout: 8000, interval: 500 });
});
