/** `nixpulse recover rollback` on systems that really switch, killed in each step and gone on with. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { bringUpLab } from '../support/lab.ts';
import { inTurn } from './in-turn.ts';
import { createWorld, endOf, kill, type World } from './recovering.ts';
import { until } from './wait.ts';

const lab = bringUpLab();
const profiles = '/nix/var/nix/profiles';

/** Always the same, so that the store does not grow with every run. */
function system(...args: readonly string[]): string {
  const words = ['--no-out-link', `${lab.directory}/workloads/nixos-gen.nix`, '--argstr', 'run', '/run'];
  const env = {
    ...process.env,
    NONCE: 'recover',
    NIX_REMOTE: 'daemon',
    NIX_CONF_DIR: `${lab.directory}/etc`,
  };
  const run = spawnSync('nix-build', [...words, ...args], { encoding: 'utf8', env, timeout: 60_000 });
  if (run.status !== 0) throw new Error(run.stderr);
  return run.stdout.trim();
}

interface Machine extends World {
  readonly systems: readonly string[];
  defaultNow(): number;
  runningNow(): number;
  /** What switch-to-configuration was asked for. */
  switches(): readonly string[];
}

/** 1 has another kernel, 2 takes its time to activate, 3 is the default and runs; 2 is what was booted. */
function machine(): Machine {
  const systems = [
    system('--argstr', 'ver', '24.11.1', '--argstr', 'kver', '6.6.58'),
    system('--argstr', 'ver', '25.05.2', '--argstr', 'kver', '6.12.31', '--argstr', 'secs', '3'),
    system('--argstr', 'ver', '25.05.3', '--argstr', 'kver', '6.12.31'),
  ];
  const world = createWorld(lab, { own: [profiles, '/run', '/boot'], programs: { journalctl: 'exit 1' } });
  for (const [at, path] of systems.entries())
    symlinkSync(path, `${world.placeOf(profiles)}/system-${at + 1}-link`);
  symlinkSync('system-3-link', `${world.placeOf(profiles)}/system`);
  const run = world.placeOf('/run');
  mkdirSync(`${run}/nixos`);
  symlinkSync(systems[2] ?? '', `${run}/current-system`);
  symlinkSync(systems[1] ?? '', `${run}/booted-system`);
  const numberOf = (path: string) => systems.indexOf(path) + 1;
  return {
    ...world,
    systems,
    defaultNow: () => Number(/-(\d+)-link$/.exec(readlinkSync(`${world.placeOf(profiles)}/system`))?.[1]),
    runningNow: () => numberOf(readlinkSync(`${run}/current-system`)),
    switches() {
      if (!existsSync(`${run}/switch.log`)) return [];
      const lines = readFileSync(`${run}/switch.log`, 'utf8').trim().split('\n');
      return lines.map((line) => line.replace(/ .*/, ` ${numberOf(line.replace(/.* /, ''))}`));
    },
  };
}

describe.skipIf(lab.missing !== null)('recover rollback', { timeout: 90_000 }, () => {
  inTurn();

  test('goes on where it was killed, and does nothing twice', async () => {
    const one = machine();
    const asked = `${one.placeOf('/run')}/asked`;
    one.program('journalctl', `: >/run/asked; sleep 30`);
    const choosing = one.recover('rollback');
    await until('the journal is searched', () => existsSync(asked));
    await kill(choosing);

    one.program('journalctl', 'exit 1');
    const asking = one.recover('rollback');
    await asking.waitForText('Type 2 to do it:');
    expect(asking.screen().join('\n')).toContain('chosen: 2');
    await kill(asking);
    expect([one.defaultNow(), one.switches()]).toEqual([3, []]);

    const switching = one.recover('rollback');
    await switching.waitForText('Type 2 to do it:');
    switching.write('2\r');
    await until('it switches', () => one.switches().length === 1);
    await kill(switching);

    const early = await endOf(one.recover('rollback'));
    expect(early).toMatchObject({ exitCode: 1, text: expect.stringContaining('a switch runs:') });
    await until('the switch has ended by itself', () => one.runningNow() === 2);

    mkdirSync(`${one.placeOf('/boot')}/grub`);
    writeFileSync(`${one.placeOf('/boot')}/grub/grub.cfg`, `linux /k init=${one.systems[1]}/init quiet\n`);
    let last = await endOf(one.recover('rollback'));
    // The lock is let go of a moment after the link was written.
    if (last.text.includes('a switch runs:')) last = await endOf(one.recover('rollback'));
    expect(last.text).toContain('generation 2 is the default and runs');
    expect(last).toMatchObject({ exitCode: 0, text: expect.stringContaining('grub.cfg boots generation 2') });
    expect([one.defaultNow(), one.runningNow(), one.switches()]).toEqual([2, 2, ['switch 2']]);
    expect(existsSync(`${one.directory}/state/nixpulse/recover/rollback.json`)).toBe(false);
  });

  test('with another kernel waits for the next boot, and sees to the boot menu', async () => {
    const one = machine();
    mkdirSync(`${one.placeOf('/boot')}/grub`);
    writeFileSync(`${one.placeOf('/boot')}/grub/grub.cfg`, `linux /k init=${one.systems[2]}/init quiet\n`);
    const going = one.recover('rollback', '--to', '1');
    await going.waitForText('Type 1 to do it:');
    going.write('y\r');
    expect(await endOf(going)).toMatchObject({ exitCode: 1, text: expect.stringContaining('left out') });
    expect([one.defaultNow(), one.switches()]).toEqual([3, []]);

    const agreed = one.recover('rollback', '--to', '1');
    await agreed.waitForText('Type 1 to do it:');
    agreed.write('1\r');
    // This one writes no menu: it is seen that it boots another one.
    await agreed.waitForText('Do it? [y/N]');
    await kill(agreed);
    expect([one.defaultNow(), one.runningNow(), one.switches()]).toEqual([1, 3, ['boot 1']]);

    const last = one.recover('rollback', '--to', '1');
    await last.waitForText('Do it? [y/N]');
    last.write('y\r');
    expect(await endOf(last)).toMatchObject({ exitCode: 0 });
    expect([one.defaultNow(), one.runningNow(), one.switches()]).toEqual([1, 3, ['boot 1', 'boot 1']]);
  });
});
