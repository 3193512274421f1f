import { beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { parseFirstEntry, parseLoaderConf } from '../../src/parse/boot-menu.ts';
import { rollbackProcedure } from '../../src/recover/rollback.ts';
import type { RecoverContext } from '../../src/recover/step.ts';
import { createFakeMachine, type FakeMachine } from '../support/fake-machine.ts';
import { switchTo, systemPath, systemProfilePath, systemTree } from '../support/generation-tree.ts';
import { noWishes, planned, recoverContext, stepOf, type TestedContext } from '../support/recover-context.ts';

const step = (id: string) => stepOf(rollbackProcedure.steps, id);
let machine: FakeMachine;
let context: TestedContext;
/** Lines of `journalctl -o json`; null: it is not there. */
let journal: string[] | null;
/** Store paths that are missing, of the closures of these generations. */
let damaged: Set<number>;

function boot(number: number, day: number): string {
  return JSON.stringify({
    __REALTIME_TIMESTAMP: String(Date.UTC(2025, 10, day, 12) * 1000),
    MESSAGE: `Command line: initrd=\\EFI\\nixos\\x.efi init=${systemPath(number)}/init loglevel=4`,
  });
}

beforeEach(() => {
  machine = createFakeMachine([]);
  for (const [path, entry] of Object.entries(systemTree(4))) machine.ports.files.set(path, entry);
  journal = [boot(4, 20), boot(2, 3)];
  damaged = new Set();
  machine.ports.spawn.onRun = (file, args) => {
    if (file === 'journalctl') {
      if (journal === null) return fail('gone', 'journalctl');
      return ok({ exitCode: 0, signal: null, stdout: journal.join('\n'), stderr: '' });
    }
    const path = args.at(-1) ?? '';
    const isDamaged = [...damaged].some((number) => systemPath(number) === path);
    const lost = '/nix/store/0000000000000000000000000000000l-lost';
    const stdout = `${path}\n${isDamaged ? `${lost.replace('l-', '1-')}\n` : ''}`;
    return ok({ exitCode: 0, signal: null, stdout, stderr: '' });
  };
  context = recoverContext(machine);
});

async function chosen(more: Partial<RecoverContext> = {}): Promise<string | undefined> {
  const of = { ...context, ...more };
  const plan = await step('choose').plan(of);
  if (plan.state !== 'todo') return plan.why;
  expect(await step('choose').act?.(of)).toMatchObject({ status: 'done' });
  return context.kept.get('generation')?.split(' ')[0];
}

describe('the choice', () => {
  test('is the newest older one that has booted before', async () => {
    expect(await chosen()).toBe('2');
    expect(await planned(step('choose'), context)).toMatch(/^needless: generation 2 is chosen: 24\.11/);
  });

  test('is what this machine booted, where the default is another one', async () => {
    machine.ports.files.set('/run/booted-system', { link: systemPath(3) });
    expect(await chosen()).toBe('3');
  });

  test('is the newest older one where nothing is known of boots, and says so', async () => {
    journal = null;
    const text = await planned(step('choose'), context);
    expect(text).toContain('chosen: 3');
    expect(text).toContain('what booted before is not known: journalctl: gone');
    expect(text).toMatch(/^3: 24\.11\.20241103\.abcdef0, Linux 6\.6\.3, of 1970-01-01$/m);
  });

  test('says since when the journal has no boot of one', async () => {
    expect(await planned(step('choose'), context)).toMatch(/^3: .*no boot of it since 2025-11-03$/m);
  });

  test('goes past what is not sound, by its files or its closure', async () => {
    damaged.add(2);
    machine.ports.files.remove(`${systemPath(3)}/bin/switch-to-configuration`);
    const text = await planned(step('choose'), context);
    expect(text).toMatch(/^2: .*NOT SOUND: 1 of its 2 store paths are missing$/m);
    expect(text).toMatch(/^3: .*NOT SOUND: bin\/switch-to-configuration is missing$/m);
    expect(text).toContain('chosen: 1');
  });

  test('does not fall for a closure that nobody can check, and passes what Nix does not know', async () => {
    const { onRun } = machine.ports.spawn;
    let said = 'error: cannot open connection';
    machine.ports.spawn.onRun = (file, args) =>
      file === 'nix-store' && args.at(-1) === systemPath(2)
        ? ok({ exitCode: 1, signal: null, stdout: '', stderr: said })
        : onRun(file, args);
    expect(await planned(step('choose'), recoverContext(machine))).toContain('chosen: 2');
    said = `error: path '${systemPath(2)}' is not valid`;
    expect(await planned(step('choose'), recoverContext(machine))).toMatch(
      /^2: .*NOT SOUND: its store path is not in the database$/m,
    );
  });

  test('is none where none is sound', async () => {
    for (const number of [1, 2, 3]) damaged.add(number);
    expect(await planned(step('choose'), context)).toMatch(
      /^impossible: no older generation is sound: 2: 1 of/,
    );
  });

  test('is the one that is asked for, newer than the default too, unless it is not sound', async () => {
    switchTo(machine.ports.files, 2);
    const asked = { wishes: { ...noWishes, to: 3 } };
    expect(await chosen(asked)).toBe('3');
    damaged.add(1);
    const unsound = recoverContext(machine, { wishes: { ...noWishes, to: 1 } });
    expect(await planned(step('choose'), unsound)).toMatch(/^impossible: generation 1 is not sound: 1 of/);
    const none = recoverContext(machine, { wishes: { ...noWishes, to: 9 } });
    expect(await planned(step('choose'), none)).toBe('impossible: there is no generation 9');
  });

  test('is made anew where the number names another system by now', async () => {
    context.kept.set('generation', `3 ${systemPath(9)}`);
    expect(await chosen()).toBe('2');
  });

  test('is impossible where there is no profile', async () => {
    for (const path of [systemProfilePath, ...[1, 2, 3, 4].map((n) => `${systemProfilePath}-${n}-link`)])
      machine.ports.files.remove(path);
    expect(await planned(step('choose'), context)).toMatch(/^impossible: there is no .*: this is no NixOS$/);
  });
});

describe('going back', () => {
  beforeEach(() => {
    context.kept.set('generation', `2 ${systemPath(2)}`);
  });

  test('waits for the next boot where the kernel is another one', async () => {
    expect(await step('go-back').plan(context)).toMatchObject({
      ...{ state: 'todo', asks: { word: '2' } },
      intent: { type: 'rollback', generation: 2, mode: 'boot', storePath: systemPath(2) },
    });
    expect(await planned(step('go-back'), context)).toContain(
      'with the next boot: it has another kernel than the one',
    );
  });

  test('is at once where the kernel is the one that runs', async () => {
    const kernel = await machine.ports.files.linkSlow('/run/booted-system/kernel');
    for (const number of [2, 4])
      machine.ports.files.set(`${systemPath(number)}/initrd`, { link: '/nix/store/initrd' });
    expect(kernel.ok).toBe(false);
    for (const part of ['kernel', 'initrd']) {
      machine.ports.files.set(`/run/booted-system/${part}`, { link: '/nix/store/same' });
      machine.ports.files.set(`${systemPath(2)}/${part}`, { link: '/nix/store/same' });
    }
    expect(await step('go-back').plan(context)).toMatchObject({ intent: { mode: 'switch' } });
    machine.ports.files.set('/run/nixos/restart-list', 'nginx.service\n');
    expect(await step('go-back').plan(context)).toMatchObject({ intent: { mode: 'boot' } });
  });

  test('is done once the profile names it', async () => {
    switchTo(machine.ports.files, 2);
    expect(await planned(step('go-back'), context)).toBe('needless: generation 2 is the default');
  });

  test('takes root', async () => {
    const { ports } = machine;
    const user = recoverContext(machine, {
      ports: { ...ports, native: { ...ports.native, may: () => false } },
      wishes: { ...noWishes, to: 2 },
    });
    expect(await step('go-back').plan(user)).toMatchObject({
      ...{ state: 'impossible', denied: true },
      way: 'sudo nixpulse recover rollback --to 2',
    });
  });

  test('waits for no switch that runs', async () => {
    machine.add({ pid: 900, comm: 'switch-to-confi' });
    expect(await planned(step('go-back'), context)).toBe(
      'impossible: a switch runs: switch-to-confi (pid 900)',
    );
  });
});

describe('the boot menu', () => {
  beforeEach(() => {
    context.kept.set('generation', `2 ${systemPath(2)}`);
    switchTo(machine.ports.files, 2);
  });

  test('is well where it boots the generation', async () => {
    machine.ports.files.set('/boot/loader/loader.conf', 'timeout 5\ndefault nixos-generation-2.conf\n');
    expect(await planned(step('menu'), context)).toMatch(
      /^needless: .*loader.conf boots generation 2; it starts/,
    );
  });

  test('is written again where it boots another one, or cannot be read', async () => {
    machine.ports.files.set('/boot/grub/grub.cfg', `linux /k init=${systemPath(4)}/init quiet\n`);
    expect(await step('menu').plan(context)).toMatchObject({
      ...{ state: 'todo', asks: 'yes' },
      intent: { type: 'rollback', generation: 2, mode: 'boot' },
    });
    machine.ports.files.set('/boot/grub/grub.cfg', { problem: 'denied' });
    expect(await planned(step('menu'), context)).toContain('/boot/grub/grub.cfg: denied: it is written');
  });

  test('is no matter where there is none', async () => {
    expect(await planned(step('menu'), context)).toMatch(/^needless: there is no boot menu that is known/);
  });

  test('is told where it is wrong and the generation runs', async () => {
    machine.ports.files.set('/run/current-system', { link: systemPath(2) });
    machine.ports.files.set('/boot/grub/grub.cfg', `linux /k init=${systemPath(4)}/init quiet\n`);
    expect(await planned(step('menu'), context)).toBe('impossible: /boot/grub/grub.cfg boots another one');
  });

  test.each([
    ['default nixos-generation-42.conf\n', 42],
    ['timeout 3\ndefault nixos-generation-42-specialisation-x.conf\n', 42],
    ['default nixos-generation-42+3.conf\n', 42],
    ['default nixos-*\n', null],
    ['default nixos-other-generation-42.conf\n', null],
    ['', null],
  ])('loader.conf %j', (text, number) => {
    expect(parseLoaderConf(text)).toEqual(number === null ? null : { kind: 'generation', number });
  });

  test('grub.cfg and extlinux.conf: the first system', () => {
    const text = `LABEL nixos-default\n  APPEND init=${systemPath(3)}/init x\nLABEL b\n  APPEND init=${systemPath(1)}/init\n`;
    expect(parseFirstEntry(text)).toEqual({ kind: 'system', storePath: systemPath(3) });
    expect(parseFirstEntry('menuentry "Windows" {}')).toBeNull();
  });
});

describe('fits', () => {
  test('where the default is not sound, a switch was cut off, or another one was booted', async () => {
    expect(await rollbackProcedure.fits(context)).toBeNull();
    machine.ports.files.set('/proc/stat', `btime ${Date.UTC(2025, 0, 2) / 1000}\n`);
    machine.ports.files.set('/run/booted-system', { link: systemPath(3) });
    expect(await rollbackProcedure.fits(context)).toBe('generation 3 was booted, though 4 is the default');
    machine.ports.files.remove(`${systemPath(4)}/activate`);
    expect(await rollbackProcedure.fits(context)).toMatch(
      /^generation 4, the default, is not sound: activate/,
    );
    machine.ports.files.set('/run/nixos/start-list', '');
    expect(await rollbackProcedure.fits(context)).toMatch(/^a switch was cut off/);
  });
});
