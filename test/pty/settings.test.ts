/** Files of settings, in the real program: a wrong one keeps no dashboard from starting, and no guard acts by one. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { launcher, openPty } from '../support/pty.ts';

const place = mkdtempSync(join(tmpdir(), 'nixpulse-settings-'));
afterAll(() => rmSync(place, { recursive: true }));
const file = join(place, 'nixpulse/config.toml');
mkdirSync(join(place, 'nixpulse'));
writeFileSync(file, '[diagnose]\nidleSec = 30s\n\n[guard]\nrust = 3\n');
const complaints = [
  `${file}:2: no TOML: it wants quotes, "30s"`,
  `${file}:5: [guard] unknown key 'rust' (did you mean rest?)`,
];

test('the dashboard starts, says it above the footer, and in full when it has ended', async () => {
  using pty = openPty({ columns: 160, env: { XDG_CONFIG_HOME: place }, args: ['--no-record'] });
  await pty.waitForText('BUILDS');
  await pty.waitForText(`${complaints[0]} (and 1 more)`);
  pty.press('q');
  expect((await pty.exited()).exitCode).toBe(0);
  for (const line of complaints) expect(pty.screen().join('\n')).toContain(`nixpulse: ${line}`);
});

const run = (...args: readonly string[]) =>
  spawnSync(launcher, args, { encoding: 'utf8', env: { ...process.env, XDG_CONFIG_HOME: place } });

test('no guard acts by a wrong file: it ends with all that is wrong', () => {
  const { status, stderr } = run('guard');
  expect(status).toBe(2);
  expect(stderr).toBe(complaints.map((line) => `nixpulse: ${line}\n`).join(''));
});

test('guard --check says what is wrong, and what is in force', () => {
  const { status, stdout, stderr } = run('guard', '--check');
  expect([status, stderr]).toEqual([2, complaints.map((line) => `nixpulse: ${line}\n`).join('')]);
  expect(stdout).toMatch(/^# Read: .*config\.toml\n\n\[guard\]\ndry-run = true +# as usual\n/);
  const example = new URL('../../dist/config.toml', import.meta.url).pathname;
  expect(run('guard', '--check', example)).toMatchObject({ status: 0, stderr: '' });
});
