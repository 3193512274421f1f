/** Clients and rebuilds: by their builds, their logs, the locks and units that they wait for. */
import { describe, expect, test } from 'vitest';
import { client, daemon, lock, process, worker } from '../support/forest-raw.ts';
import { bare, build, result, start, stop } from '../support/rebuild-log.ts';
import { around, asleepIn, below, firstSecond, isStuck, type Scene, shell, tell } from './story.ts';

const alone = () => around();
const of = 'client' as const;
const path = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-firefox-130.0';
const cache = 'https://cache.example.org';
/** A path that is fetched: substitution, copy, download. */
const fetching = (id: number, expected = 8e9) => [
  start(id, 108, '', [path, cache]),
  start(id + 1, 100, '', [path, cache, 'daemon'], id),
  start(id + 2, 101, '', [`${cache}/nar/x.nar.xz`], id + 1),
  result(id + 2, 105, 0, expected, 0, 0),
];

describe('downloads', () => {
  test('eight gigabytes at 1 MB/s work for hours', () => {
    const scene = (second: number): Scene => ({
      processes: alone(),
      says: second === 0 ? fetching(1) : [result(3, 105, second * 1e6, 8e9, 0, 0)],
    });
    expect(firstSecond(7200, scene, ({ state }) => state !== 'working', { of, everySec: 5 })).toBeNull();
    expect(tell(60, scene).client?.reason).toMatchObject({ kind: 'progress', signs: ['transfers'] });
  });

  test('one that stops is waited for, then stuck, with its bytes and its cache', () => {
    const scene = (second: number): Scene => ({
      processes: alone(),
      says: second === 0 ? fetching(1) : second <= 20 ? [result(3, 105, second * 6e7, 8e9, 0, 0)] : [],
    });
    expect(firstSecond(300, scene, ({ state }) => state === 'waiting', { of })).toBe(50);
    expect(firstSecond(300, scene, isStuck, { of })).toBe(140);
    const told = tell(200, scene);
    expect(told.client?.reason).toMatchObject({ kind: 'transfer', direction: 'fetch', path, peer: cache });
    expect(told.text()).toBe(
      'STUCK 3 min, likely: no byte from cache.example.org, 1.1G of 7.5G of firefox-130.0',
    );
  });

  test('one that has not begun waits, for a slot or for another client that fetches the same', () => {
    const scene = (second: number): Scene => ({
      processes: alone(),
      says: second === 0 ? [start(1, 108, '', [path, cache])] : [],
    });
    expect(firstSecond(3600, scene, isStuck, { of, everySec: 5 })).toBeNull();
    expect(tell(600, scene).client).toMatchObject({
      state: 'waiting',
      reason: { partner: { kind: 'cache', moving: 0, asked: 1 } },
    });
  });

  test('an input that another process fetches', () => {
    const scene = (second: number): Scene => ({
      processes: alone(),
      says:
        second === 0
          ? [
              {
                action: 'msg',
                level: 0,
                msg: "waiting for another Nix process to finish fetching input 'github:NixOS/nixpkgs'...",
              },
            ]
          : [],
    });
    const told = tell(1200, scene, { everySec: 5 });
    expect(told.client).toMatchObject({ state: 'waiting', reason: { partner: { kind: 'other-fetch' } } });
    expect(told.text()).toContain('for another client that fetches github:NixOS/nixpkgs');
  });

  test('all is there and is unpacked: no stalled download', () => {
    const scene = (second: number): Scene => ({
      processes: alone(),
      says: second === 0 ? [...fetching(1), result(3, 105, 8e9, 8e9, 0, 0)] : [],
    });
    expect(firstSecond(600, scene, isStuck, { of })).toBeNull();
  });
});

describe('waits that the log tells', () => {
  const waits =
    (text: string, more: readonly object[] = []) =>
    (second: number) => ({
      processes: alone(),
      says: second === 0 ? [bare(9, 104), ...more, start(1, 111, text)] : [],
    });
  test.each([
    [`waiting for lock on '${path}'`, { kind: 'lock', path }, 'the lock of firefox-130.0'],
    [`waiting for a machine to build '${path}.drv'`, { kind: 'machine' }, 'a free builder'],
    [`waiting for a free build user ID for '${path}.drv'`, { kind: 'build-user' }, 'a free build user'],
  ])('%s', (text, partner, words) => {
    const told = tell(720, waits(text), { everySec: 5 });
    expect(told.client).toMatchObject({ state: 'waiting', reason: { kind: 'wait', partner } });
    expect(told.text()).toMatch(new RegExp(`^waiting (?:> )?12 min for ${words}`));
  });

  test('three builds wait for one upload lock', () => {
    const upload = (id: number) => start(id, 0, "waiting for the upload lock to 'ssh-ng://big-arm'");
    const scene = (second: number): Scene => ({
      processes: alone(),
      says: second === 0 ? [upload(1), upload(2), upload(3)] : [],
    });
    const told = tell(720, scene, { everySec: 5 });
    expect(told.client?.reason).toMatchObject({
      partner: { kind: 'upload-lock', host: 'ssh-ng://big-arm', waiting: 3 },
    });
    expect(told.text()).toContain('for the upload lock of ssh-ng://big-arm with 2 more');
  });

  test('a post-build hook that does not return is a wait of the client, and no build', () => {
    const scene = (second: number): Scene => ({
      processes: alone(),
      says:
        second === 0
          ? [
              build(1, 'etc'),
              stop(1),
              start(2, 110, "running post-build-hook '/etc/nix/upload.sh'", [`${path}.drv`]),
            ]
          : [],
    });
    const told = tell(360, scene);
    expect(told.client).toMatchObject({ state: 'waiting', reason: { partner: { kind: 'post-build-hook' } } });
    expect(told.text()).toMatch(/^waiting (?:> )?6 min for the post-build hook of firefox-130.0/);
    expect(told.build).toBeUndefined();
  });

  test('a garbage collection, and who it is', () => {
    const gc = client(151, { comm: 'nix-store', facts: { argv: ['nix-store', '--gc'] }, startTime: 99_020 });
    const scene = (second: number): Scene => ({
      processes: [daemon(), client(150), worker(200, 150), { ...gc, userTicks: second * 30 }],
      forest: {
        locks: [lock(151, '08:01:7'), lock(200, '08:01:7', true)],
        lockPaths: { '08:01:7': '/nix/var/nix/gc.lock' },
      },
      says:
        second === 0
          ? [{ action: 'msg', level: 3, msg: 'waiting for the big garbage collector lock...' }]
          : [],
    });
    const told = tell(300, scene);
    expect(told.client?.reason).toMatchObject({
      partner: { kind: 'garbage-collection', holderPid: 151, holder: 'nix-store --gc' },
    });
    expect(told.text()).toContain('for a garbage collection, held by nix-store --gc (151)');
    const [, second] = told.model.verdicts;
    expect(second).toMatchObject({ subject: { pid: 151 }, state: 'working' });
  });
});

describe('without a log', () => {
  test('a lock, with its holder', () => {
    const scene = (): Scene => ({
      processes: [daemon(), client(150), worker(200, 150), client(151), worker(201, 151)],
      forest: {
        locks: [lock(201, '08:01:9'), lock(200, '08:01:9', true)],
        lockPaths: { '08:01:9': `${path}.lock` },
      },
    });
    expect(tell(90, scene).client).toMatchObject({
      state: 'waiting',
      reason: { partner: { kind: 'lock', path: `${path}.lock`, holderPid: 201 } },
    });
  });

  const rebuild = client(150, { comm: 'nixos-rebuild', facts: { argv: ['nixos-rebuild', 'switch'] } });
  const run = process({
    pid: 151,
    ppid: 150,
    session: 50,
    comm: 'systemd-run',
    facts: {
      argv: [
        'systemd-run',
        '--wait',
        '--unit=nixos-rebuild-switch-to-configuration',
        '/x/bin/switch-to-configuration',
        'switch',
      ],
    },
  });

  test('a switch whose unit is left over', () => {
    const told = tell(1200, () => ({ processes: [daemon(), rebuild, run] }), { everySec: 5 });
    expect(told.client).toMatchObject({
      state: 'waiting',
      reason: { partner: { kind: 'unit', unit: 'nixos-rebuild-switch-to-configuration', switchPid: null } },
    });
  });

  test('a switch that an older one is in the way of, which waits for a unit', () => {
    const older = process({
      pid: 90,
      ppid: 1,
      comm: 'switch-to-confi',
      startTime: 1000,
      facts: { argv: ['/y/bin/switch-to-configuration', 'boot'] },
    });
    const start = process({
      pid: 91,
      ppid: 90,
      session: 90,
      startTime: 1001,
      comm: 'systemctl',
      facts: { argv: ['systemctl', 'start', '--', 'foo.service'] },
    });
    const told = tell(1200, () => ({ processes: [daemon(), older, start, rebuild, run] }), { everySec: 5 });
    const of = (pid: number) =>
      told.model.verdicts.find(({ subject }) => 'pid' in subject && subject.pid === pid);
    expect(of(150)?.reason).toMatchObject({ partner: { kind: 'unit', switchPid: 90 } });
    expect(of(90)?.reason).toMatchObject({ partner: { kind: 'unit', unit: 'foo.service' } });
  });

  test('an evaluation whose memory stands still is likely a loop; one that grows is at work', () => {
    const evaluating = (second: number, residentBytes: number) =>
      ({
        processes: [daemon(), client(150, { userTicks: second * 100, residentBytes })],
      }) satisfies Scene;
    const loop = (second: number) => evaluating(second, 1e9);
    expect(firstSecond(300, loop, ({ reason }) => reason.kind === 'spinning', { of })).toBe(81);
    expect(firstSecond(1200, loop, isStuck, { of })).toBe(901);
    const grows = (second: number) => evaluating(second, 1e9 + second * 1e6);
    expect(firstSecond(3600, grows, ({ state }) => state !== 'working', { of, everySec: 5 })).toBeNull();
  });

  test('a shell of `nix develop` that idles for days is no alarm', () => {
    const idle = client(150, { comm: 'nix', facts: { argv: ['nix', 'develop'] } });
    expect(
      firstSecond(2 * 86_400, () => ({ processes: [daemon(), idle] }), isStuck, { of, everySec: 60 }),
    ).toBeNull();
  });
});

describe('with builds', () => {
  test('one that gets on is enough; else the best of them decides', () => {
    const second = { pid: 400, uid: 30_002, startTime: 99_002 };
    const scene = (until: number) => (at: number) => ({
      processes: around(
        [shell(asleepIn('futex_do_wait', at))],
        [
          shell({
            ...second,
            userTicks: Math.min(at, until) * 50,
            residentBytes: 1e6 + Math.min(at, until) * 1e5,
          }),
        ],
      ),
    });
    expect(tell(300, scene(1000)).client).toMatchObject({ state: 'working' });
    const told = tell(300, scene(100));
    expect(told.model.verdicts.map(({ state }) => state)).toEqual(['stuck', 'slow', 'slow']);
  });

  test('its builds sleep, but paths are fetched', () => {
    const scene = (at: number): Scene => ({
      processes: around([shell(asleepIn('futex_do_wait', at)), below('make', asleepIn('pipe_read', at))]),
      says: at === 0 ? fetching(1) : [result(3, 105, at * 1e6, 8e9, 0, 0)],
    });
    const told = tell(300, scene);
    expect(told.build.state).toBe('stuck');
    expect(told.client?.state).toBe('working');
  });
});

test('a rebuild without its client has a verdict of its own', () => {
  const scene = (second: number): Scene => ({ says: second === 0 ? fetching(1) : [] });
  const told = tell(200, scene);
  expect(told.model.verdicts).toMatchObject([{ subject: { kind: 'rebuild' }, state: 'stuck' }]);
  expect(told.client?.unseen).toEqual(['cpu', 'resident']);
});
