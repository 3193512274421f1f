import { beforeEach, describe, expect, test } from 'vitest';
import { fail, ok } from '../../src/base/problem.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import { parseJournalUsage } from '../../src/parse/journal-usage.ts';
import { spaceProcedure } from '../../src/recover/space.ts';
import type { Plan } from '../../src/recover/step.ts';
import { createFakeMachine, type FakeMachine } from '../support/fake-machine.ts';
import { storePathOf } from '../support/generation-fixture.ts';
import { systemPath, systemProfilePath, systemTree } from '../support/generation-tree.ts';
import { planText, recoverContext, stepOf, type TestedContext } from '../support/recover-context.ts';

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const step = (id: string) => stepOf(spaceProcedure.steps, id);
let machine: FakeMachine;
let context: TestedContext;
let free: number | null;
let freeInodes: number;
/** Bytes that are free there; null: it is none of its own. */
let boot: number | null;
/** Programs that ran, in order. */
let ran: string[];
/** `link -> path` that `nix-store --gc --print-roots` tells. */
let roots: Map<string, string>;
let usage: string;

const result = (name: string) => storePathOf(`result-${name}`, name.charCodeAt(0));
const size = 100 * MiB;

beforeEach(() => {
  machine = createFakeMachine([]);
  const { files, spawn, ownFiles } = machine.ports;
  free = GiB;
  boot = null;
  freeInodes = 500;
  ran = [];
  roots = new Map();
  usage = 'Archived and active journals take up 3.9G in the file system.';
  for (const [path, entry] of Object.entries(systemTree(9))) files.set(path, entry);
  spawn.onRun = (file, args) => {
    ran.push([file, ...args].join(' '));
    if (file === 'journalctl') return ok({ exitCode: 0, signal: null, stdout: usage, stderr: 'freed 3.7G' });
    if (file !== 'nix-env') return fail('gone', file);
    for (const number of args.slice(3)) files.remove(`${args[1]}-${number}-link`);
    return ok({ exitCode: 0, signal: null, stdout: '', stderr: '' });
  };
  spawn.onStream = (file, args) => {
    ran.push([file, ...args].join(' '));
    if (args.includes('--dump-db')) {
      const paths = new Set([...roots.values(), ...[...'abc'].map(result)]);
      return { lines: [...paths].flatMap((path) => [path, 'sha256:0', String(size), '', '0']) };
    }
    if (args.includes('--print-roots'))
      return { lines: [...roots].filter(([link]) => isThere(link)).map((pair) => pair.join(' -> ')) };
    return {};
  };
  ownFiles.remove = async (path) => {
    files.remove(path);
    return ok(undefined);
  };
  ownFiles.removeLink = async (path, { target }) => {
    const link = files.link(path);
    if (!link.ok || link.value !== target) return fail('malformed', path);
    return ownFiles.remove(path);
  };
  context = recoverContext(machine, { look: async () => emptyModel });
});

/** What is free on the file system of everything, and on the boot partition. */
function plantRoom(): void {
  const { files } = machine.ports;
  const mounts = [
    '1 0 8:1 / / rw - ext4 /dev/sda1 rw',
    '2 1 8:1 /nix/store /nix/store ro - ext4 /dev/sda1 rw',
  ];
  files.setSpace('/', { totalBytes: 100 * GiB, availableBytes: free ?? 0, inodes: 1000, freeInodes });
  if (free === null) files.set('/', { problem: 'timeout' });
  if (boot !== null) {
    mounts.push('3 1 8:2 / /boot rw - vfat /dev/sda2 rw');
    files.set('/boot/EFI/nixos/.extra-files', '');
    files.setSpace('/boot', { totalBytes: 100 * MiB, availableBytes: boot, inodes: 0, freeInodes: 0 });
    for (const part of ['kernel', 'initrd'])
      files.setOwner(`/run/current-system/${part}`, { bytes: 15 * MiB });
  }
  files.set('/proc/self/mountinfo', `${mounts.join('\n')}\n`);
}

function planOf(id: string, of = context): Promise<Plan> {
  plantRoom();
  return step(id).plan(of);
}

async function planNow(id: string, of = context): Promise<string> {
  return planText(await planOf(id, of));
}

function isThere(link: string): boolean {
  const text = machine.ports.files.link(link);
  return text.ok;
}

function addLink(name: string, path: string, day: number, uid = 0): void {
  const { files } = machine.ports;
  files.set(`/nix/var/nix/gcroots/auto/${name}`, { link: path });
  files.set(path, { link: result(name) });
  files.setOwner(path, { uid, mtimeMs: Date.UTC(2026, 4, day, 12) });
  roots.set(path, result(name));
}

const asUser = () => {
  const { ports } = machine;
  return recoverContext(machine, {
    look: context.look,
    ports: { ...ports, native: { ...ports.native, uid: 1000, may: () => false } },
  });
};

describe('where there is room', () => {
  test('nothing is to be done', async () => {
    free = 60 * GiB;
    addLink('a', '/home/ada/result', 1);
    for (const id of ['links', 'generations', 'garbage'])
      expect(await planNow(id)).toBe('needless: the store has room: /: 60.0 GB of 100 GB free');
    expect(await planNow('boot')).toMatch(/^needless: kernels lie on no file system/);
    expect(await planNow('look')).toBe('needless: /: 60.0 GB of 100 GB free');
    expect(ran).toEqual([]);
  });

  test('that is not known, is none', async () => {
    free = null;
    expect(await planNow('generations')).toMatch(/^todo delete/);
  });
});

describe('links to results', () => {
  beforeEach(() => {
    addLink('b', '/home/ada/b/result', 9);
    addLink('a', "/home/ada/it's/result-doc", 1);
    const { files } = machine.ports;
    files.set('/nix/var/nix/gcroots/auto/gone', { link: '/home/ada/gone/result' });
    files.set('/nix/var/nix/gcroots/auto/profile', {
      link: '/home/ada/.local/state/nix/profiles/profile-1-link',
    });
    files.set('/nix/var/nix/gcroots/auto/shell', { link: '/home/ada/.direnv/flake-profile' });
  });

  test('oldest first, with what they alone keep; others are counted', async () => {
    expect(await planNow('links')).toBe(
      [
        'todo unlink',
        "2026-05-01  '/home/ada/it'\\''s/result-doc'  100 MB",
        '2026-05-09  /home/ada/b/result  100 MB',
        'they alone keep: about 200 MB',
        '2 other roots (profiles, direnv, devenv …) are left alone',
      ].join('\n'),
    );
  });

  test('are removed, those that were shown and are the same still', async () => {
    await planNow('links');
    machine.ports.files.set('/home/ada/b/result', { link: result('c') });
    addLink('c', '/home/ada/c/result', 20);
    const outcome = await step('links').act?.(context);
    expect(outcome).toMatchObject({ status: 'incomplete', summary: '1 link removed' });
    expect(outcome?.details).toEqual(['/home/ada/b/result is another one by now: left alone']);
    expect([isThere("/home/ada/it's/result-doc"), isThere('/home/ada/c/result')]).toEqual([false, true]);
    expect(await planNow('links')).toBe('needless: 2 links removed, 2 left');
  });

  test('that lead out of the store by way of it are none', async () => {
    addLink('c', '/home/ada/c/result', 2);
    for (const target of ['/nix/store/../../etc/passwd', `${result('c')}/../../..`, '/nix/store/x']) {
      machine.ports.files.set('/home/ada/c/result', { link: target });
      expect(await planNow('links')).not.toContain('/home/ada/c/result');
    }
    machine.ports.files.set('/home/ada/c/result', { link: `${result('c')}/bin/c` });
    expect(await planNow('links')).toContain('/home/ada/c/result');
  });

  test('that were made again since they were shown stay', async () => {
    await planNow('links');
    addLink('b', '/home/ada/b/result', 21);
    expect((await step('links').act?.(context))?.details).toEqual([
      '/home/ada/b/result is another one by now: left alone',
    ]);
    expect(isThere('/home/ada/b/result')).toBe(true);
  });

  test('of others are not a user’s to remove', async () => {
    expect(await planOf('links', asUser())).toMatchObject({
      state: 'impossible',
      denied: true,
    });
    addLink('c', '/home/bob/result', 2, 1000);
    const text = await planNow('links', asUser());
    expect(text).toContain('/home/bob/result\n');
    expect(text).not.toContain('/home/ada/b');
    expect(text).toContain('they alone keep: not known');
  });
});

describe('old generations', () => {
  test('all but the newest five, what runs and what was booted', async () => {
    machine.ports.files.set('/run/booted-system', { link: systemPath(2) });
    expect(await planNow('generations')).toContain(
      `todo delete\nnix-env -p ${systemProfilePath} --delete-generations 1 3 4\n`,
    );
    expect(await step('generations').act?.(context)).toMatchObject({
      ...{ status: 'done', summary: '3 generations deleted' },
    });
    expect(ran.at(-1)).toBe(
      `env -i NIXOS_INSTALL_BOOTLOADER= ${systemPath(9)}/bin/switch-to-configuration boot`,
    );
    expect(await planNow('generations')).toBe('needless: none that may go');
  });

  test('what has become the default meanwhile stays', async () => {
    await planNow('generations');
    machine.ports.files.set(systemProfilePath, { link: 'system-3-link' });
    await step('generations').act?.(context);
    expect(ran).toContain(`nix-env -p ${systemProfilePath} --delete-generations 1 2 4`);
  });

  test('of a user are left to their owner', async () => {
    const { files } = machine.ports;
    for (let number = 1; number <= 7; number += 1)
      files.set(`/nix/var/nix/profiles/per-user/ada/profile-${number}-link`, {
        link: storePathOf('env', number),
      });
    files.set('/nix/var/nix/profiles/per-user/ada/profile', { link: 'profile-7-link' });
    files.setOwner('/nix/var/nix/profiles/per-user/ada/profile', { uid: 1000 });
    const command = 'nix-env -p /nix/var/nix/profiles/per-user/ada/profile --delete-generations 1 2';
    expect(await planNow('generations')).toContain(`left to its owner: sudo -u ada ${command}`);
    expect(await planNow('generations', asUser())).toContain(`todo delete\n${command}\n`);
    await step('generations').act?.(context);
    expect(await planNow('generations')).toMatch(/^needless: none that may go; of others: sudo/);
  });

  test('a boot menu that could not be written is told', async () => {
    await planNow('generations');
    machine.ports.spawn.onStream = () => ({ lines: ['No space left on device'], exitCode: 1 });
    expect(await step('generations').act?.(context)).toMatchObject({
      status: 'incomplete',
      details: [
        'the boot menu may still name some: switch-to-configuration ended with 1: No space left on device',
      ],
    });
  });

  test('and the menu is written after all, where it was killed before', async () => {
    const { ports } = machine;
    const { onRun } = ports.spawn;
    await planNow('generations');
    ports.spawn.onRun = (...words) => {
      onRun(...words);
      throw new Error('killed');
    };
    await expect(step('generations').act?.(context)).rejects.toThrow('killed');
    ports.spawn.onRun = onRun;
    free = 60 * GiB;
    const script = `${systemPath(9)}/bin/switch-to-configuration boot`;
    expect(await planNow('generations')).toBe(
      `todo yes\nit may still name generations that were deleted\n${script}`,
    );
    expect(await step('generations').act?.(context)).toMatchObject({ status: 'done' });
    expect(ran.at(-1)).toBe(`env -i NIXOS_INSTALL_BOOTLOADER= ${script}`);
    expect(await planNow('generations')).toMatch(/^needless/);
  });
});

describe('garbage', () => {
  test('is collected with what it brings, where it is known', async () => {
    expect(await planOf('garbage')).toMatchObject({
      ...{ state: 'todo', asks: { word: 'collect' } },
      intent: { type: 'collect-garbage', olderThanDays: null },
    });
    expect(await planNow('garbage')).toContain('about 300 MB in 3 paths');
    machine.ports.spawn.onStream = () => fail('gone', 'nix-store');
    expect(await planNow('garbage')).toContain('how much it brings is not known');
  });

  test('is none where everything is kept', async () => {
    for (const name of 'abc') addLink(name, `/home/${name}/result`, 1);
    expect(await planNow('garbage')).toBe('needless: there is none: everything is kept by something');
  });
});

describe('the boot partition', () => {
  const kernel = (number: number) => `/boot/EFI/nixos/${hash(number)}-linux-6.6.${number}-bzImage.efi`;
  const hash = (number: number) => storePathOf('', number).slice('/nix/store/'.length, -1);

  beforeEach(() => {
    boot = 5 * MiB;
    const { files } = machine.ports;
    for (let number = 1; number <= 9; number += 1) {
      files.set(kernel(number), 'x');
      files.setOwner(kernel(number), { bytes: 10 * MiB });
      const linux = storePathOf(`linux-6.6.${number}`, number);
      files.set(`${systemProfilePath}-${number}-link/kernel`, { link: `${linux}/bzImage` });
    }
    for (const run of ['current', 'booted'])
      files.set(`/run/${run}-system/kernel`, { link: `${storePathOf('linux-6.6.9', 9)}/bzImage` });
  });

  test('with room is well', async () => {
    boot = 31 * MiB;
    expect(await planNow('boot')).toBe(
      'needless: it has room: /boot: 31.0 MB of 100 MB free'.replace('31.0', '31'),
    );
  });

  test('gets the kernels of deleted generations removed by the system’s own script', async () => {
    for (const number of [1, 2, 3])
      for (const link of [`${systemProfilePath}-${number}-link`]) machine.ports.files.remove(link);
    expect(await planNow('boot')).toBe(
      [
        'todo yes',
        '/boot: 5.0 MB of 100 MB free; a kernel with its initrd takes 30 MB',
        'of generations that are gone: 3 files, 30 MB',
        `${systemPath(9)}/bin/switch-to-configuration boot`,
        'it writes the menu and removes what is of no generation',
      ].join('\n'),
    );
    expect(await step('boot').act?.(context)).toMatchObject({
      status: 'done',
      summary: 'the boot menu is written',
    });
    expect(ran).toEqual([
      `env -i NIXOS_INSTALL_BOOTLOADER= ${systemPath(9)}/bin/switch-to-configuration boot`,
    ]);
  });

  test('takes old generations where that is not enough', async () => {
    const text = await planNow('boot');
    expect(text).toContain('todo delete');
    expect(text).toContain(`nix-env -p ${systemProfilePath} --delete-generations 1 2 3 4 5 6 7\n`);
    expect(text).toContain('which brings there: 70 MB');
    expect(await step('boot').act?.(context)).toMatchObject({
      summary: 'the boot menu is written; 7 generations deleted',
    });
    expect(await planOf('boot')).toMatchObject({ asks: 'yes' });
  });

  test('without anything to remove says so, and is left alone while a switch runs', async () => {
    for (let number = 1; number <= 7; number += 1) {
      machine.ports.files.remove(`${systemProfilePath}-${number}-link`);
      machine.ports.files.remove(kernel(number));
    }
    expect(await planNow('boot')).toMatch(/^impossible: .* what lies there belongs to the generations/);
    machine.add({ pid: 900, comm: 'switch-to-confi' });
    expect(await step('boot').act?.(context)).toMatchObject({
      ...{ status: 'failed', details: ['a switch runs: switch-to-confi (pid 900)'] },
    });
  });

  test('takes root', async () => {
    expect(await planOf('boot', asUser())).toMatchObject({
      state: 'impossible',
      denied: true,
    });
  });
});

describe('the journal', () => {
  beforeEach(() => {
    machine.ports.files.setOwner('/var/log/journal', { device: 7 });
    machine.ports.files.setOwner('/', { device: 7 });
  });

  test('is cut where it is large and lies where it is short', async () => {
    const text = await planNow('journal');
    expect(text).toContain(
      'todo cut\njournalctl --vacuum-size=200M\nit takes 3.9 GB; about 3.7 GB of the oldest go',
    );
    expect(await step('journal').act?.(context)).toMatchObject({ status: 'done', details: ['freed 3.7G'] });
  });

  test('is left alone where it is small, lies elsewhere, or is none', async () => {
    usage = 'Archived and active journals take up 96.0M in the file system.';
    expect(await planNow('journal')).toBe('needless: it takes 96 MB only');
    machine.ports.files.setOwner('/var/log/journal', { device: 8 });
    expect(await planNow('journal')).toBe('needless: where it lies there is room');
    usage = 'nonsense';
    machine.ports.files.setOwner('/var/log/journal', { device: 7 });
    expect(await planNow('journal')).toBe('impossible: what it takes is not known');
  });

  test.each([
    ['Archived and active journals take up 3.9G in the file system.', Math.round(3.9 * GiB)],
    ['Archived and active journals take up 0B in the file system.', 0],
    ['No journal files were found.', null],
  ])('%s', (text, bytes) => {
    expect(parseJournalUsage(text)).toBe(bytes);
  });
});

describe('at the end', () => {
  test('what is short still is told', async () => {
    expect(await planNow('look')).toBe('impossible: still short: /: 1.0 GB of 100 GB free');
  });

  test('it fits where the store is full', async () => {
    plantRoom();
    expect(await spaceProcedure.fits(context)).toBe('/: 1.0 GB of 100 GB free');
    [free, freeInodes, boot] = [60 * GiB, 4, 5 * MiB];
    plantRoom();
    expect(await spaceProcedure.fits(context)).toBe(
      '/: 60.0 GB of 100 GB free, 0% of its inodes; /boot: 5.0 MB of 100 MB free',
    );
    [freeInodes, boot] = [500, null];
    plantRoom();
    expect(await spaceProcedure.fits(context)).toBeNull();
  });
});
