import { describe, expect, test } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import type { ProfileTarget } from '../../src/model/intents/intent.ts';
import { generationOf } from '../../src/model/nix-store/generations.ts';
import { compareGenerations, readClosure, readClosureSizes } from '../../src/nix-store/closures.ts';
import { readGenerations, runningLinks } from '../../src/nix-store/generations.ts';
import { findProfiles } from '../../src/nix-store/profiles.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts } from '../support/fake-ports.ts';
import { storePathOf } from '../support/generation-fixture.ts';
import { systemPath, systemProfilePath, systemTree } from '../support/generation-tree.ts';

const system: ProfileTarget = { kind: 'system', path: systemProfilePath };

async function read(
  change: Readonly<Record<string, FakeEntry | null>> = {},
  profile = system,
  only?: number,
) {
  const ports = createFakePorts({ tree: systemTree() });
  for (const [path, entry] of Object.entries(change)) {
    if (entry === null) ports.files.remove(path);
    else ports.files.set(path, entry);
  }
  const list = await readGenerations(ports, profile, only === undefined ? {} : { only });
  return { ports, list, one: (number: number) => (list.ok ? generationOf(list.value, number) : null) };
}

describe('reading generations', () => {
  test('newest first, with date, version, kernel and marks; no synchronous read', async () => {
    const ports = createFakePorts({ tree: systemTree() });
    ports.files.setOwner(`${systemProfilePath}-2-link`, { uid: 0, mtimeMs: 1234 });
    const list = await readGenerations(ports, system);
    expect(list).toMatchObject({
      ok: true,
      value: {
        defaultNumber: 3,
        runningPath: systemPath(3),
        bootedPath: systemPath(3),
        generations: [
          { number: 3, isDefault: true, isRunning: true, isBooted: true, soundness: { state: 'sound' } },
          { number: 2, isDefault: false, isRunning: false, dateMs: 1234, kernel: '6.6.2' },
          { number: 1, version: '24.11.20241101.abcdef0', storePath: systemPath(1) },
        ],
      },
    });
    expect(ports.files.calls.filter(({ call }) => !call.endsWith('Slow'))).toEqual([]);
    expect(ports.spawn.calls).toEqual([]);
  });

  test('one alone', async () => {
    const { list } = await read({}, system, 2);
    expect(list.ok && list.value.generations.map(({ number }) => number)).toEqual([2]);
    expect(list.ok && list.value.defaultNumber).toBe(3);
  });

  test('the kernel from its link where there is no bootspec', async () => {
    expect((await read({ [`${systemPath(2)}/boot.json`]: null })).one(2)?.kernel).toBe('6.6.2');
    expect((await read({ [`${systemPath(2)}/boot.json`]: '{"cut' })).one(2)?.kernel).toBe('6.6.2');
  });

  test.each([
    ['a dangling one', { [systemPath(2)]: null }, /^dangling/],
    [
      'no switch-to-configuration',
      { [`${systemPath(2)}/bin/switch-to-configuration`]: null },
      /switch.* missing/,
    ],
    [
      'a dangling switch-to-configuration',
      { [`${systemPath(2)}/bin/switch-to-configuration`]: { link: '/nix/store/gone' } },
      /switch-to-configuration is missing/,
    ],
    ['a kernel that is gone', { [storePathOf('linux-6.6.2', 2)]: null }, /kernel is missing from the store/],
    [
      'a link to nowhere',
      { [`${systemProfilePath}-2-link`]: { link: 'elsewhere' } },
      /does not lead to the store/,
    ],
  ])('%s is not sound, the others are', async (_what, change, flaw) => {
    const { one } = await read(change);
    const soundness = one(2)?.soundness;
    expect(soundness?.state === 'unsound' && soundness.flaws.join()).toMatch(flaw);
    expect(one(1)?.soundness).toEqual({ state: 'sound' });
    expect(one(3)?.soundness).toEqual({ state: 'sound' });
  });

  test('a switch-to-configuration that is not executable', async () => {
    const ports = createFakePorts({ tree: systemTree() });
    ports.files.setOwner(`${systemPath(2)}/bin/switch-to-configuration`, { uid: 0, mode: 0o100644 });
    const list = await readGenerations(ports, system);
    expect(list.ok && generationOf(list.value, 2)?.soundness).toEqual({
      state: 'unsound',
      flaws: ['bin/switch-to-configuration is not executable'],
    });
  });

  test('what cannot be seen is unknown, not sound', async () => {
    const denied = await read({ [`${systemPath(2)}/initrd`]: { problem: 'denied' } });
    expect(denied.one(2)?.soundness).toEqual({ state: 'unknown', why: 'initrd: denied' });
    const hung = await read({ [`${systemProfilePath}-2-link`]: { hangs: true } });
    expect(hung.one(2)).toMatchObject({ storePath: null, soundness: { state: 'unknown' } });
  });

  test('no profile, and one that is denied', async () => {
    const none = await read({}, { kind: 'system', path: '/nix/var/nix/profiles/other' });
    expect(none.list).toMatchObject({ ok: false, problem: { kind: 'gone' } });
    const ports = createFakePorts({ tree: { '/nix/var/nix/profiles': { problem: 'denied' } } });
    expect(await readGenerations(ports, system)).toMatchObject({ problem: { kind: 'denied' } });
  });

  test('a default elsewhere, and no /run', async () => {
    const { list } = await read({
      [systemProfilePath]: { link: systemPath(1) },
      '/run/current-system': null,
      '/run/booted-system': null,
    });
    expect(list).toMatchObject({
      ok: true,
      value: { defaultNumber: null, runningPath: null, bootedPath: null },
    });
    expect(list.ok && list.value.generations.some((one) => one.isDefault || one.isRunning)).toBe(false);
  });

  test('hundreds of them do not fill the queue of slow reads', async () => {
    const ports = createFakePorts({ tree: systemTree(400) });
    let most = 0;
    let now = 0;
    const { files } = ports;
    for (const name of ['readSlow', 'linkSlow', 'ownerSlow'] as const) {
      const call = files[name].bind(files) as (path: string) => Promise<unknown>;
      Object.assign(files, {
        [name]: async (path: string) => {
          now += 1;
          most = Math.max(most, now);
          await new Promise((resolve) => setImmediate(resolve));
          now -= 1;
          return call(path);
        },
      });
    }
    const list = await readGenerations(ports, system);
    expect(list.ok && list.value.generations.length).toBe(400);
    expect(most).toBeLessThan(128);
  });

  test.each([
    ['system', systemProfilePath, '/run/current-system', '/run/booted-system'],
    ['user', '/home/a/.local/state/nix/profiles/profile', null, null],
    [
      'home-manager',
      '/home/a/.local/state/nix/profiles/home-manager',
      '/home/a/.local/state/home-manager/gcroots/current-home',
      null,
    ],
    [
      'home-manager',
      '/nix/var/nix/profiles/per-user/a/home-manager',
      '/nix/var/nix/gcroots/per-user/a/current-home',
      null,
    ],
    ['home-manager', '/elsewhere/home-manager', null, null],
  ] as const)('what runs of %s %s', (kind, path, running, booted) => {
    expect(runningLinks({ kind, path }, '/run')).toEqual({ running, booted });
  });
});

describe('profiles', () => {
  test('of the system and of users; those without a generation are not there', async () => {
    const { files } = createFakePorts({
      tree: {
        ...systemTree(1),
        '/nix/var/nix/profiles/default-1-link': { link: '/nix/store/x' },
        '/nix/var/nix/profiles/system-profiles/test-2-link': { link: '/nix/store/x' },
        '/nix/var/nix/profiles/per-user/ada/profile-3-link': { link: '/nix/store/x' },
        '/nix/var/nix/profiles/per-user/bob/channels-1-link': { link: '/nix/store/x' },
        '/home/ada/.local/state/nix/profiles/home-manager-9-link': { link: '/nix/store/x' },
        '/home/eve/.local/state/nix/profiles': { problem: 'denied' },
        '/etc/passwd':
          'root:x:0:0::/root:/bin/sh\nada:x:1000:100::/home/ada:/bin/sh\neve:x:1001:100::/home/eve:/bin/sh\nnixbld1:x:30001:30000::/var/empty:/sbin/nologin\nbroken\n',
      },
    });
    const found = await findProfiles({ files });
    expect(found.map(({ title, target, user }) => [title, target.kind, user])).toEqual([
      ['system', 'system', null],
      ['default of root', 'user', 'root'],
      ['system profile test', 'system', null],
      ['profile of ada', 'user', 'ada'],
      ['home-manager of ada', 'home-manager', 'ada'],
    ]);
    expect(files.count('listSlow', /var\/empty/)).toBe(0);
  });
});

describe('closures', () => {
  const [a, b, c] = [storePathOf('jq-1.7', 1), storePathOf('jq-1.8', 2), storePathOf('linux-6.6.1', 1)];
  const answer = (stdout: string, exitCode = 0, stderr = '') =>
    ok({ exitCode, signal: null, stdout, stderr });

  test('what is missing on the disk though Nix counts on it', async () => {
    const ports = createFakePorts({ tree: { [a]: 'x', [c]: 'x' } });
    ports.spawn.onRun = () => answer(`${a}\n${b}\n${c}\n`);
    expect(await readClosure(ports, c)).toEqual(ok({ paths: [a, b, c], missing: [b] }));
    expect(ports.spawn.calls).toMatchObject([{ file: 'nix-store', args: ['-qR', c] }]);
  });

  test('a path that cannot be looked at makes the answer unknown', async () => {
    const ports = createFakePorts({ tree: { [a]: { hangs: true } } });
    ports.spawn.onRun = () => answer(`${a}\n`);
    expect(await readClosure(ports, a)).toMatchObject({ ok: false, problem: { kind: 'timeout', where: a } });
  });

  test('a path that Nix does not know, and no Nix', async () => {
    const ports = createFakePorts();
    ports.spawn.onRun = () => answer('', 1, `error: path '${a}' is not valid\n`);
    expect(await readClosure(ports, a)).toMatchObject({
      problem: { kind: 'malformed', where: a, cause: `error: path '${a}' is not valid` },
    });
    ports.spawn.onRun = () => answer('nonsense\n');
    expect(await readClosure(ports, a)).toMatchObject({ problem: { kind: 'malformed' } });
  });

  test('two generations compared, with the difference of their sizes', async () => {
    const ports = createFakePorts({ tree: systemTree() });
    const list = await readGenerations(ports, system);
    const [newer, , older] = list.ok ? list.value.generations : [];
    if (newer === undefined || older === undefined) throw new Error('no generations');
    const closures: Record<string, string> = {
      [systemPath(3)]: `${a}\n${c}\n`,
      [systemPath(1)]: `${b}\n${c}\n`,
    };
    const sizes: Record<string, string> = { [a]: '100', [b]: '350' };
    ports.spawn.onRun = (_file, args) =>
      args[0] === '-qR'
        ? answer(closures[args[1] ?? ''] ?? '')
        : answer(
            args
              .slice(2)
              .map((path) => `${sizes[path]}\n`)
              .join(''),
          );
    expect(await compareGenerations(ports, newer, older)).toMatchObject({
      ok: true,
      value: {
        changed: [{ name: 'jq', from: ['1.7'], to: ['1.8'] }],
        kernel: { from: '6.6.3', to: '6.6.1' },
        version: { from: '24.11.20241103.abcdef0', to: '24.11.20241101.abcdef0' },
        pathsAdded: 1,
        pathsRemoved: 1,
        sizeDifferenceBytes: 250,
      },
    });
    ports.spawn.onRun = (_file, args) =>
      args[0] === '-qR' ? answer(closures[args[1] ?? ''] ?? '') : answer('', 1);
    expect(await compareGenerations(ports, newer, older)).toMatchObject({
      value: { sizeDifferenceBytes: null },
    });
    const unread = { ...older, storePath: null };
    expect(await compareGenerations(ports, newer, unread)).toMatchObject({
      problem: { where: 'generation 1' },
    });
  });

  test('sizes of several closures from one process', async () => {
    const ports = createFakePorts();
    ports.spawn.onRun = () => answer(`${a}\t 12\n${b}\t 34\n`);
    expect(await readClosureSizes(ports, [a, b, a])).toEqual(
      ok(
        new Map([
          [a, 12],
          [b, 34],
        ]),
      ),
    );
    expect(ports.spawn.calls[0]?.args.slice(-2)).toEqual([a, b]);
    ports.spawn.onRun = () => answer('', 1, 'error: no such thing');
    expect(await readClosureSizes(ports, [a])).toMatchObject({ problem: { cause: 'error: no such thing' } });
    expect(await readClosureSizes(createFakePorts(), [])).toEqual(ok(new Map()));
  });
});
