/** Files of settings, in the real program: a wrong one keeps no dashboard from starting, and no guard acts by one. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createBusyMachine } from '../support/machine.ts';
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

describe('SIGHUP', () => {
  const own = join(place, 'own.toml');
  const title = /^ +(DERIVATION.*)$/m;
  const titles = (screen: readonly string[]) => title.exec(screen.join('\n'))?.[1]?.trim();

  async function opened() {
    writeFileSync(own, '[screen]\ncolumns = ["cpu"]\nsort = "cpu"\n');
    const machine = createBusyMachine(5);
    const args = ['--root', machine.root, '--no-record', '--config', own];
    const pty = openPty({ columns: 120, rows: 30, args });
    await pty.waitFor(
      (screen) => /^DERIVATION.* CPU%▼$/.test(titles(screen) ?? ''),
      'the columns of the file',
    );
    return {
      pty,
      [Symbol.dispose]() {
        pty.close();
        machine.dispose();
      },
    };
  }

  test('has the dashboard read its settings again, and says so', async () => {
    using one = await opened();
    const { pty } = one;
    writeFileSync(own, '[screen]\ncolumns = ["age", "resident"]\nsort = "name"\n[colors]\ntitle = "blue"\n');
    pty.kill('SIGHUP');
    await pty.waitForText(`settings were read again: ${own}`);
    expect(titles(pty.screen())).toMatch(/^DERIVATION▲ .*TIME +RSS$/);
    expect(pty.output().replaceAll('\x1b', '␛')).toMatch(/␛\[(?:[\d;]*;)?34m/);
    writeFileSync(own, '[screen]\nsort = "cup"\ncolumns = ["user"]\n');
    pty.kill('SIGHUP');
    await pty.waitForText(`${own}:2: screen.sort: expected one of`);
    expect(titles(pty.screen())).toMatch(/USER$/);
    pty.press('q');
    expect((await pty.exited()).exitCode).toBe(0);
  });

  test('from a terminal that is gone ends it', async () => {
    using one = await opened();
    one.pty.hangUp();
    await vi.waitFor(() => expect(() => process.kill(one.pty.pid, 0)).toThrow('ESRCH'), { timeout: 5000 });
  });

  test('has a recorder and an exporter read them again', async () => {
    for (const command of [
      ['record', '--dir', join(place, 'recordings')],
      ['export', '--textfile', join(place, 'out.prom')],
    ]) {
      writeFileSync(own, '[sampling]\ninterval = 2\n');
      // A session of its own: no terminal controls it.
      const child = spawn(launcher, [...command, '--config', own], {
        ...{ stdio: ['ignore', 'ignore', 'pipe'] as const, detached: true },
        env: { ...process.env, HOME: place },
      });
      let said = '';
      child.stderr.on('data', (data: Buffer) => {
        said += data;
      });
      const says = (text: string) => vi.waitFor(() => expect(said).toContain(text), { timeout: 10_000 });
      await says(command[0] === 'record' ? 'recording in' : 'metrics in');
      child.kill('SIGHUP');
      await says(`nixpulse: settings were read again: ${own}\n`);
      writeFileSync(own, 'sampling.interval = 0\n');
      child.kill('SIGHUP');
      await says(`nixpulse: ${own}:1: sampling.interval: expected 0.1 to 3600 seconds`);
      child.kill('SIGTERM');
      expect(await new Promise((resolve) => child.once('close', resolve))).toBe(143);
    }
  });
});

test('config says what is in force and from where; 1 where a file is wrong', () => {
  writeFileSync(join(place, 'own.toml'), 'screen.sort = "age"\n');
  const { status, stdout, stderr } = run('config', 'screen.sort', '--config', join(place, 'own.toml'));
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toContain(`sort = "age"  # ${place}/own.toml:1\n`);
  expect(run('config')).toMatchObject({
    status: 1,
    stdout: expect.stringMatching(/^danger = "bold red" +# as usual$/m),
    stderr: complaints.map((line) => `nixpulse: ${line}\n`).join(''),
  });
  expect(run('config', 'screen.srot')).toMatchObject({ status: 2, stdout: '' });
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
