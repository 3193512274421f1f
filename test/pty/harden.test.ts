/** Hardening of the running program: what the kernel says of it, and what it says of itself. */
import { existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { until } from '../lab/wait.ts';
import { pinnedBytes } from '../support/pinned-bytes.ts';
import { launcher, openPty, type Pty } from '../support/pty.ts';

const root = process.getuid?.() === 0;
/** Kilobytes of a field of proc_pid_status(5). */
const kilobytes = (pty: Pty, field: 'VmLck' | 'RssAnon') =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync(`/proc/${pty.pid}/status`, 'utf8'))?.[1]);
const withRings =
  root && existsSync('/proc/sys/kernel/io_uring_disabled')
    ? readFileSync('/proc/sys/kernel/io_uring_disabled', 'utf8').trim() === '0'
    : false;
const open = (args: readonly string[], columns = 160) => openPty({ columns, rows: 40, args });

describe.skipIf(!root).each([
  ['the dashboard', []],
  ['rescue', ['rescue']],
])('%s', (_, words) => {
  test('is locked in memory, says so, and ends as ever', async () => {
    using pty = open(words);
    await pty.waitFor((screen) => /hardened( \d\/\d)?\b/.test(screen[0] ?? ''));
    expect(kilobytes(pty, 'VmLck')).toBeGreaterThan(50_000);
    if (withRings) expect(pinnedBytes(pty.pid) / 1024).toBeGreaterThan(kilobytes(pty, 'RssAnon') / 2);
    pty.press('q');
    expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
  });

  test('--harden=off leaves everything as it is', async () => {
    using pty = open([...words, '--harden=off']);
    await pty.waitFor((screen) => (screen.at(-1) ?? '').includes('Quit'));
    expect(kilobytes(pty, 'VmLck')).toBe(0);
    expect(pinnedBytes(pty.pid)).toBe(0);
    pty.press('q');
    expect(await pty.exited()).toEqual({ exitCode: 0, signal: 0 });
  });

  test('--harden=require without the rights: one line, exit code 3, the terminal untouched', async () => {
    const command = `setpriv --reuid 65534 --clear-groups ${launcher} ${words.join(' ')} --harden=require; echo "code=$?"`;
    using pty = openPty({
      columns: 400,
      rows: 10,
      file: '/bin/sh',
      args: ['-c', command],
      env: { HOME: '/' },
    });
    const screen = await pty.waitForText('code=3');
    expect(screen.join('\n')).toMatch(
      /^nixpulse: --harden=require: .*CPU priority denied: needs CAP_SYS_NICE/m,
    );
    expect(pty.output()).not.toContain('\u001b[?1049h');
  });
});

const autogroup = '/proc/self/autogroup';
const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-harden-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** The child that runs this program; null: none. */
function childOf(pid: number, program: string): number | null {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').trim().split(' ').map(Number);
  return children.find((child) => child > 0 && programOf(child).endsWith(program)) ?? null;
}

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

test.skipIf(!root || !existsSync(autogroup)).each([
  ['the dashboard', []],
  ['rescue', ['rescue']],
])('%s has given back the place in front that it started with', async (_, words) => {
  using pty = open(words);
  await pty.waitFor((screen) => /hardened/.test(screen[0] ?? ''));
  expect(readFileSync(`/proc/${pty.pid}/autogroup`, 'latin1')).toMatch(/ nice 0$/m);
  expect(readFileSync(`/proc/${pty.pid}/environ`, 'latin1')).toContain('NIXPULSE_SESSION_NICE=0');
});

test.skipIf(!root || !existsSync(autogroup))('it is given back after a death in the start, too', async () => {
  const hang = join(scratch, 'hang.cjs');
  writeFileSync(hang, 'for (;;);');
  const command = `NODE_OPTIONS=--require=${hang} ${launcher} rescue; sleep 60`;
  using pty = openPty({ columns: 80, rows: 10, file: '/bin/sh', args: ['-c', command], env: { HOME: '/' } });
  const nice = () => readFileSync(`/proc/${pty.pid}/autogroup`, 'latin1').trim().split(' ').at(-1);
  await until('the place in front', () => nice() === '-20');
  await until('the program', () => childOf(pty.pid, 'node') !== null);
  process.kill(childOf(pty.pid, 'node') ?? 0, 'SIGKILL');
  await until('its end', () => childOf(pty.pid, 'sleep') !== null);
  expect(nice()).toBe('-20');
  await until('the shell’s own place', () => nice() === '0');
});

test.skipIf(!root)('the help says part by part what was done', async () => {
  using pty = open([]);
  await pty.waitFor((screen) => /hardened/.test(screen[0] ?? ''));
  pty.press('?', '/', 'hardened', '<enter>');
  const screen = await pty.waitForText('memory lock');
  expect(screen.join('\n')).toMatch(/memory lock +\d+ MB of files, \d+ mappings/);
  expect(screen.join('\n')).toMatch(withRings ? /own memory +pinned/ : /own memory/);
  expect(screen.join('\n')).toMatch(/own cgroup/);
});
