/** Recording as people meet it: the dashboard in a real terminal, `nixpulse record` in a shell, real disks. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { until } from '../lab/wait.ts';
import { readWhole } from '../record/segments.ts';
import { createBusyMachine } from '../support/machine.ts';
import { launcher, openPty } from '../support/pty.ts';
import { mountFreezable, mountTmpfs, noDisks } from '../support/small-disk.ts';

if (noDisks !== null) console.warn(`Skipping small disks: ${noDisks}.`);

const machine = createBusyMachine(5);
const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-record-'));
afterAll(() => {
  machine.dispose();
  rmSync(scratch, { recursive: true });
});
const files = createRecordingFiles();
let made = 0;
/** Not there yet. */
function newDirectory(): string {
  made += 1;
  return join(scratch, `${made}`);
}

function sizeIn(directory: string): number {
  const sizes = readdirSync(directory).map((name) => statSync(join(directory, name)).size);
  return sizes.reduce((sum, size) => sum + size, 0);
}

const captured = ['--root', machine.root];
const recorded = (directory: string) => ['--dir', directory, ...captured, '--interval', '0.2'];

describe('the dashboard', () => {
  test('records from its first sample to q, privately, and says REC', async () => {
    const directory = newDirectory();
    using pty = openPty({ args: recorded(directory) });
    await pty.waitForText(' REC');
    await until('some samples', () => sizeIn(directory) > 3000);
    pty.press('q');
    expect((await pty.exited()).exitCode).toBe(0);
    const [name = ''] = readdirSync(directory);
    expect([statSync(directory).mode & 0o777, statSync(join(directory, name)).mode & 0o777]).toEqual([
      0o700, 0o600,
    ]);
    const { samples, damage } = await readWhole(files, directory);
    expect(damage).toEqual([]);
    expect(samples[0]).toMatchObject({ host: { ok: true }, forest: { ok: true } });
    expect(samples.length).toBeGreaterThan(2);
  });

  test('where recordings go without --dir, and what --no-record and --root make of it', async () => {
    const state = newDirectory();
    const env = { XDG_STATE_HOME: state };
    const directory = join(state, 'nixpulse/recordings');
    for (const args of [['--no-record'], captured]) {
      using pty = openPty({ args, env });
      await pty.waitForText('nixpulse');
      await pty.waitForText('[1 Overview]');
      pty.press('q');
      await pty.exited();
      expect(pty.output()).not.toContain('REC ');
      expect(existsSync(directory)).toBe(false);
    }
    using pty = openPty({ args: ['--read-only'], env, columns: 200 });
    await pty.waitForText(' REC');
    pty.press('q');
    await pty.exited();
    expect(readdirSync(directory)).toHaveLength(1);
  });

  test('killed: what was written is read back', async () => {
    const directory = newDirectory();
    using pty = openPty({ args: recorded(directory) });
    await pty.waitForText(' REC');
    await until('something', () => sizeIn(directory) > 2000);
    await until('some samples', async () => (await readWhole(files, directory)).samples.length > 2);
    pty.kill('SIGKILL');
    await pty.exited();
    const { samples } = await readWhole(files, directory);
    expect(samples.length).toBeGreaterThan(2);
  });

  test('two of them, each its own', async () => {
    const directory = newDirectory();
    using one = openPty({ args: recorded(directory) });
    using two = openPty({ args: recorded(directory) });
    await Promise.all([one, two].map((pty) => pty.waitForText(' REC')));
    await until('two segments', () => readdirSync(directory).length === 2);
    for (const pty of [one, two]) pty.press('q');
    await Promise.all([one, two].map((pty) => pty.exited()));
    expect((await readWhole(files, directory)).damage).toEqual([]);
  });

  test.skipIf(noDisks !== null)('a full disk: one clear line, and the dashboard goes on', async () => {
    using disk = mountTmpfs('4k');
    using pty = openPty({ args: ['--dir', disk.path, ...captured, '--interval', '0.1'] });
    await pty.waitForText(`not recording: no space left in ${disk.path}: make room, then start again`);
    pty.press('3');
    await pty.waitForText('DEVICE');
    await pty.waitFor(([title]) => title?.includes('not recording') === true);
    pty.press('q');
    expect((await pty.exited()).exitCode).toBe(0);
    const { samples } = await readWhole(files, disk.path);
    expect(samples.length).toBeGreaterThan(0);
  });

  test.skipIf(noDisks !== null)('a place where nothing can be written', async () => {
    using pty = openPty({ args: recorded('/proc/nixpulse') });
    await pty.waitForText('not recording: /proc/nixpulse');
    pty.press('q');
    expect((await pty.exited()).exitCode).toBe(0);
  });

  test.skipIf(noDisks !== null)(
    'a disk that stops answering: keys go on, q gives the terminal back',
    async () => {
      using disk = mountFreezable();
      using pty = openPty({ args: recorded(disk.path) });
      await pty.waitForText(' REC');
      await until('a segment', () => readdirSync(disk.path).some((name) => name.endsWith('.nixpulse')));
      disk.freeze();
      pty.press('3');
      await pty.waitForText('DEVICE');
      pty.press('1', 'q');
      await pty.waitFor(() => pty.terminal.buffer.active.type === 'normal', 'the normal screen');
      await pty.waitForText(`the disk of ${disk.path} does not answer`);
      // The kernel lets no process go that waits for this disk.
      disk.thaw();
      expect((await pty.exited()).exitCode).toBe(0);
    },
  );
});

describe('nixpulse record', () => {
  async function record(args: readonly string[]) {
    const child = spawn(launcher, ['record', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (data: Buffer) => {
      stdout += data;
    });
    child.stderr.on('data', (data: Buffer) => {
      stderr += data;
    });
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    return { child, ended, stdout: () => stdout, lines: () => stderr.split('\n').slice(0, -1) };
  }

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends it with a segment that is complete', async (signal, exitCode) => {
    const directory = newDirectory();
    const { child, ended, stdout, lines } = await record(recorded(directory));
    await until('the first line', () => lines().length === 1);
    await until('some samples', () => sizeIn(directory) > 2000);
    child.kill(signal);
    expect(await ended).toBe(exitCode);
    expect(lines()).toEqual([
      `nixpulse: recording in ${directory}`,
      expect.stringMatching(/^nixpulse: recorded 0:\d\d: \d+ samples, [\d.]+ KB$/),
    ]);
    expect(stdout()).toBe('');
    const { samples, damage } = await readWhole(files, directory);
    expect(damage).toEqual([]);
    expect(lines()[1]).toContain(` ${samples.length} samples`);
  });

  test.skipIf(noDisks !== null)('a full disk: exit code 1 with one line', async () => {
    using disk = mountTmpfs('4k');
    const { ended, lines } = await record(['--dir', disk.path, ...captured, '--interval', '0.1']);
    expect(await ended).toBe(1);
    expect(lines().slice(1)).toEqual([
      `nixpulse: not recording: no space left in ${disk.path}: make room, then start again`,
    ]);
    const { samples } = await readWhole(files, disk.path);
    expect(samples.length).toBeGreaterThan(0);
  });
});
