/** `nixpulse diagnose` on a real terminal: as wide as it, nothing left of what was drawn meanwhile, Ctrl-C. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPty } from '../support/pty.ts';
import { recordedSamples } from '../support/recorded-machine.ts';
import { writeRecording } from '../support/write-recording.ts';

const scratch = mkdtempSync(join(tmpdir(), 'nixpulse-diagnose-'));
const recording = join(scratch, 'recording');

beforeAll(() => writeRecording(recording, recordedSamples(300)));
afterAll(() => rmSync(scratch, { recursive: true }));

test('of a recording, at 60 columns: the worst first, a whole tree, no line too long', async () => {
  const threshold = ['--threshold', 'blindSec=120'];
  const pty = openPty({
    args: ['diagnose', recording, '--color', 'never', ...threshold],
    ...{ columns: 60, rows: 200, env: { TZ: 'UTC' } },
  });
  expect(await pty.exited()).toMatchObject({ exitCode: 1 });
  const screen = pty.screen();
  expect(screen[0]).toBe('nixpulse diagnose  box  2026-11-20 13:24:59');
  expect(screen.join('\n')).toMatch(/stuck-2\.0 is stuck/);
  expect(screen.filter((line) => /^ {2}[├└]/.test(line))).toHaveLength(14);
  expect(screen.join('\n')).toContain('▶');
});

test('live: what it draws while it looks is gone in the end', async () => {
  const pty = openPty({
    args: ['diagnose', '--interval', '0.2', '--dir', join(scratch, 'none')],
    ...{ columns: 100, rows: 200 },
  });
  const { exitCode } = await pty.exited();
  expect([0, 1]).toContain(exitCode);
  expect(pty.output()).toMatch(/looking, \d/);
  expect(pty.screen().join('\n')).not.toContain('looking,');
  expect(pty.screen()[0]).toMatch(/^nixpulse diagnose /);
});

test('Ctrl-C while it looks ends it without a report', async () => {
  const pty = openPty({ args: ['diagnose', '--interval', '60', '--dir', join(scratch, 'none')] });
  await pty.waitFor((screen) => screen.some((line) => line.includes('looking,')), 'its looking');
  pty.press('<ctrl-c>');
  const { exitCode, signal } = await pty.exited();
  expect(exitCode === 130 || signal === 2).toBe(true);
  expect(pty.output()).not.toContain('nixpulse diagnose ');
});
