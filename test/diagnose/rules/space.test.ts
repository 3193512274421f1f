/** Space: which file system, for whom it matters, how long it lasts, and what is full by design. */
import { describe, expect, test } from 'vitest';
import { spaceRule } from '../../../src/diagnose/rules/space.ts';
import { remediesOf } from '../../../src/format/remedies.ts';
import { foldLog } from '../../../src/logs/fold.ts';
import { newLogState, newRebuild } from '../../../src/logs/log-state.ts';
import type { PlacesRaw } from '../../../src/model/machine/places.ts';
import type { Filesystem, Model } from '../../../src/model/model.ts';
import type { RootCause } from '../../../src/model/rebuild/cause.ts';
import type { Rebuild } from '../../../src/model/rebuild/rebuild.ts';
import { newLogReader, readLog } from '../../../src/parse/read-log.ts';
import { followedOf } from '../../support/followed-fixture.ts';
import { buildOf } from '../../support/model-fixture.ts';
import { filesystemHealthOf, GiB, healthOf, look, lookEvery, modelAt, rowOf } from './storage-models.ts';

const noPlaces: PlacesRaw = { buildDirectory: null, minFreeBytes: null, upperLayers: [], boot: null };
const tmp = (over: Partial<Filesystem> = {}) =>
  rowOf({ path: '/tmp', mountPoint: '/tmp', type: 'tmpfs', device: null, totalBytes: 32 * GiB, ...over });
const root = [rowOf(), rowOf({ path: '/' })];
const nix = (nixVersion: string) => ({ host: { ...modelAt(0).host, nixVersion } });

describe('A1-02: /tmp on tmpfs is full, / has 289 GB', () => {
  const full = [...root, tmp({ availableBytes: 0.6 * GiB, level: 'warning' })];

  test('where builds run in /tmp (Nix 2.29) it is named, and not /', () => {
    const { said, hypothesis } = look(spaceRule, modelAt(0, { filesystems: full, ...nix('2.29.0') }));
    expect(said).toEqual(['warning confirmed: /tmp (tmpfs) is 98% full, 614 MB free, where builds run']);
    expect(hypothesis.state).toBe('confirmed');
  });

  test.each([
    ['by its version', nix('2.30.1')],
    ['by nix.conf', { places: { ...noPlaces, buildDirectory: '/var/build' }, ...nix('2.24.0') }],
    [
      'by builds that run',
      { builds: [buildOf({ pid: 7, buildDirectory: '/nix/var/nix/builds/nix-7-1' })], ...nix('2.24.0') },
    ],
  ])('where builds run on / it is silent about /tmp: %s', (_, over) => {
    const { said, hypothesis } = look(spaceRule, modelAt(0, { filesystems: full, ...over }));
    expect(said).toEqual([]);
    expect(hypothesis.state).toBe('refuted');
  });

  test('builds that run there tell more than a version', () => {
    const builds = [buildOf({ pid: 7, buildDirectory: '/tmp/nix-build-cef.drv-0' })];
    expect(look(spaceRule, modelAt(0, { filesystems: full, builds, ...nix('2.31.0') })).said).toHaveLength(1);
  });

  test('where nobody knows where builds run it is possible', () => {
    const { said } = look(spaceRule, modelAt(0, { filesystems: full, ...nix('2.94.0 (Lix)') }));
    expect(said).toEqual([
      'warning possible: /tmp (tmpfs) is 98% full, 614 MB free'.replace(', where /tmp lies', ''),
    ]);
  });

  test('it is told before it is full, with those who write most', () => {
    const builds = [
      buildOf({ pid: 1, name: 'cef-binary-1', writeBytesPerSec: 40e6, buildDirectory: '/tmp/a' }),
      buildOf({ pid: 2, name: 'ctranslate2-4', writeBytesPerSec: 90e6, buildDirectory: '/tmp/b' }),
      buildOf({ pid: 3, name: 'idle-1', writeBytesPerSec: 0, buildDirectory: '/tmp/c' }),
    ];
    const { said, firstSec, findings } = lookEvery(spaceRule, 5, 100, (second) => ({
      builds,
      filesystems: [...root, tmp({ availableBytes: 30e9 - second * 130e6 })],
    }));
    expect(firstSec).toBe(60);
    expect(said).toEqual([
      'warning likely: /tmp (tmpfs), where builds run, is full in 2 min: 15.8 GB left, 124 MB/s; most by ctranslate2-4 86 MB/s and cef-binary-1 38 MB/s',
    ]);
    expect(findings[0] && remediesOf(findings[0].found)[0]).toMatchObject({ kind: 'key', command: 'pause' });
  });

  test('who holds it, where that was looked at: in memory no counter tells who writes', () => {
    const buildSizes = [
      { path: '/tmp/nix-build-cef-binary-1.drv-0', uid: 30_001, bytes: 1.9 * GiB, whole: true },
      { path: '/tmp/nix-7-1', uid: 30_002, bytes: 3 * GiB, whole: false },
      { path: '/tmp/nix-9-1', uid: null, bytes: 1 * GiB, whole: true },
      { path: '/tmp/nix-build-small-1.drv-0', uid: 30_004, bytes: 1e6, whole: true },
      { path: '/var/nix-build-elsewhere.drv-0', uid: 30_005, bytes: 9 * GiB, whole: true },
    ];
    const builds = [buildOf({ pid: 2, uid: 30_002, name: 'ctranslate2-4', buildDirectory: '/tmp/nix-7-1' })];
    const places = { ...noPlaces, buildSizes };
    const { said } = look(spaceRule, modelAt(0, { filesystems: full, builds, places }));
    expect(said).toEqual([
      'warning confirmed: /tmp (tmpfs) is 98% full, 614 MB free, where builds run; of it ctranslate2-4 more than 3.0 GB, cef-binary-1 1.9 GB and nix-9-1 1.0 GB',
    ]);
  });

  test('a gigabyte a second: at the second look', () => {
    const { firstSec, said } = lookEvery(spaceRule, 5, 10, (second) => ({
      ...nix('2.29.0'),
      filesystems: [...root, tmp({ availableBytes: 32e9 - second * 1e9 })],
    }));
    expect(firstSec).toBe(5);
    expect(said[0]).toMatch(/^critical possible: .* is full in 22 s/);
  });

  test.each([
    ['falls and comes back', (second: number) => 8e9 - (second % 20) * 50e6],
    ['fell for a moment', (second: number) => 8e9 - Math.min(second, 20) * 100e6],
    ['falls slowly', (second: number) => 100e9 - second * 10e6],
    ['grows', (second: number) => 1e9 + second * 10e6],
  ])('it does not fill up: what %s', (_, bytes) => {
    const { firstSec } = lookEvery(spaceRule, 5, 600, (second) => ({
      ...nix('2.29.0'),
      filesystems: [...root, tmp({ availableBytes: bytes(second) })],
    }));
    expect(firstSec).toBeNull();
  });

  test('nothing is known of a look that is not new', () => {
    const filesystems = [...root, tmp({ availableBytes: 5e9 })];
    const { said } = lookEvery(spaceRule, 1, 200, () => ({ filesystems, readAtMs: { storage: 5 } }));
    expect(said).toEqual([]);
  });

  test('after a failure: ENOSPC on /tmp, not on /', () => {
    const rebuilds = failed({ kind: 'space', of: 'blocks', mountPoint: '/tmp', path: null, guess: false });
    const { said, findings } = look(
      spaceRule,
      modelAt(60, { filesystems: [...root, tmp()], rebuilds, ...nix('2.29.0') }),
    );
    expect(said).toEqual([
      'critical confirmed: ENOSPC on /tmp (tmpfs), not on / (289 GB free): cef-binary-1',
    ]);
    expect(findings[0] && remediesOf(findings[0].found)[0]?.kind).toBe('nix');
  });

  test('failures of one mount are one finding; what Nix guesses alone is likely', () => {
    const guess = { kind: 'space', of: null, mountPoint: '/tmp', path: null, guess: true } as const;
    const { said } = look(
      spaceRule,
      modelAt(60, { filesystems: [...root, tmp()], rebuilds: failed(guess, guess) }),
    );
    expect(said).toEqual(['critical likely: ENOSPC on /tmp (tmpfs), not on / (289 GB free): cef-binary-1']);
  });

  test('another failure is none of space', () => {
    const rebuilds = failed({ kind: 'exit', code: 2 });
    expect(look(spaceRule, modelAt(60, { filesystems: root, rebuilds })).said).toEqual([]);
  });
});

/** Of a rebuild that goes on. */
function failed(...causes: readonly RootCause['cause'][]): Model['rebuilds'] {
  const drv = '/nix/store/0c9l3bfxgpqvc1xz5y6kba6nyi7h1w1v-cef-binary-1.drv';
  const { timeMs: atMs } = modelAt(30);
  const failures = causes.map((cause) => ({ cause, drvs: [drv], dependents: [], atMs, text: '', lines: [] }));
  return [followedOf(rebuildOf(''), { failures })];
}

/** As a text stream tells it; with an exit code it is over. */
function rebuildOf(text: string, exitCode?: number): Rebuild {
  const { events } = readLog(newLogReader, Buffer.from(text));
  const end = exitCode === undefined ? [] : [{ kind: 'end' as const, exitCode }];
  const { timeMs } = modelAt(30);
  return foldLog(newLogState('one'), [...events, ...end], timeMs).rebuilds[0] ?? newRebuild('stream', timeMs);
}

describe('A1-03: inodes', () => {
  test('are called inodes, with the channels as a place', () => {
    const filesystems = [rowOf({ freeInodesPercent: 0.0005, level: 'critical', availableBytes: 155 * GiB })];
    const { said, findings } = look(spaceRule, modelAt(0, { filesystems }));
    expect(said).toEqual([
      'critical confirmed: / has no inodes left, however many bytes are free, where /nix lies'.replace(
        ', where /nix lies',
        '',
      ),
    ]);
    const [remedy] = findings[0] === undefined ? [] : remediesOf(findings[0].found);
    expect(remedy).toMatchObject({ command: expect.stringContaining('per-user/root/channels') });
  });

  test('what has none (vfat, btrfs, ZFS) is not full', () => {
    const filesystems = [
      rowOf({ freeInodesPercent: null, type: 'btrfs' }),
      rowOf({ path: '/scratch', mountPoint: '/scratch', type: 'vfat', freeInodesPercent: null }),
    ];
    expect(look(spaceRule, modelAt(0, { filesystems })).said).toEqual([]);
  });
});

describe('A1-04: btrfs', () => {
  const MiB = 2 ** 20;
  const btrfs = (unallocatedBytes: number, usedBytes = 610.02 * MiB) =>
    filesystemHealthOf({
      type: 'btrfs',
      name: 'uuid-1',
      mountPoint: '/nix',
      btrfs: {
        unallocatedBytes,
        data: { totalBytes: 14.84 * GiB, usedBytes: 13.52 * GiB },
        metadata: { totalBytes: 768 * MiB, usedBytes },
      },
    });
  const of = (one: ReturnType<typeof btrfs>): Partial<Model> => ({
    filesystems: [
      rowOf({ mountPoint: '/nix', type: 'btrfs', availableBytes: 1.3 * GiB, freeInodesPercent: null }),
    ],
    health: healthOf({ filesystems: [one] }),
  });

  test('nothing unallocated, metadata 79 %: it does not promise what df says', () => {
    const { said, findings } = look(spaceRule, modelAt(0, of(btrfs(0))));
    expect(said).toEqual([
      'warning likely: /nix (btrfs) has nothing unallocated, metadata 79% of its chunks, whatever df says (1.3 GB free)',
    ]);
    const ways = findings[0] === undefined ? [] : remediesOf(findings[0].found);
    expect(ways[0]?.title).toContain('deleting needs room');
    expect(ways.at(-1)).toMatchObject({ command: expect.stringContaining('nix-collect-garbage') });
  });

  test('when a build failed there it is confirmed', () => {
    const rebuilds = failed({ kind: 'space', of: 'own-limit', mountPoint: '/nix', path: null, guess: false });
    const { said } = look(spaceRule, modelAt(0, { ...of(btrfs(0)), rebuilds }));
    expect(said).toContainEqual(expect.stringMatching(/^critical confirmed: \/nix \(btrfs\) has nothing/));
  });

  test('another subvolume of the only one is the same', () => {
    const root = { ...btrfs(0), mountPoint: '/' };
    const { said } = look(spaceRule, modelAt(0, of(root)));
    expect(said[0]).toMatch(/^warning likely: \/nix \(btrfs\)/);
    const two = {
      ...of(root),
      health: healthOf({ filesystems: [root, { ...btrfs(9e9), mountPoint: '/home' }] }),
    };
    expect(look(spaceRule, modelAt(0, two)).said[0]).toMatch(/^warning likely: \/ \(btrfs\)/);
  });

  test('room for another chunk, or in those of metadata, is enough', () => {
    expect(look(spaceRule, modelAt(0, of(btrfs(20 * GiB)))).hypothesis.state).toBe('refuted');
    expect(look(spaceRule, modelAt(0, of(btrfs(0, 400 * MiB)))).said).toEqual([]);
  });

  /** As Linux 6.18 counted them when making a file failed, and before; the first of 300 MiB, the second of 110 MiB. */
  const small = (
    totalBytes: number,
    metadata: { totalBytes: number; usedBytes: number },
    unallocatedBytes: number,
  ) => {
    const data = { totalBytes: 8_388_608, usedBytes: 0 };
    const one = { ...btrfs(0), btrfs: { unallocatedBytes, data, metadata, reserveBytes: 6_029_312 } };
    const row = rowOf({
      mountPoint: '/nix',
      type: 'btrfs',
      availableBytes: 8_388_608,
      freeInodesPercent: null,
    });
    const { findings, said } = look(
      spaceRule,
      modelAt(0, { ...of(one), filesystems: [{ ...row, totalBytes }] }),
    );
    const at = findings.findIndex(({ found }) => found.kind === 'chunks-full');
    return at < 0 ? undefined : { finding: findings[at], said: said[at] };
  };

  test('a small one: its reserve is what lacks', () => {
    const full = small(314_572_800, { totalBytes: 33_554_432, usedBytes: 23_543_808 }, 1_048_576);
    expect(full?.finding?.evidence).toContainEqual(
      expect.objectContaining({ field: 'btrfs.reserve', for: true }),
    );
    expect(full?.said).toBe(
      'warning likely: /nix (btrfs) has only 1.0 MB unallocated, metadata 70% of its chunks and 5.8 MB kept for deleting, whatever df says (8.0 MB free)',
    );
    // With 6 % used.
    expect(small(67_108_864, { totalBytes: 8_388_608, usedBytes: 503_316 }, 0)).toBeDefined();
  });

  test.each([
    ['made a moment ago', 115_343_360, { totalBytes: 33_554_432, usedBytes: 147_456 }, 23_068_672],
    ['full of data alone', 314_572_800, { totalBytes: 33_554_432, usedBytes: 409_600 }, 1_048_576],
    ['that may have another chunk', 115_343_360, { totalBytes: 8_388_608, usedBytes: 503_316 }, 23_068_672],
  ])('a small one %s: silent', (_, totalBytes, metadata, unallocatedBytes) => {
    expect(small(totalBytes, metadata, unallocatedBytes)).toBeUndefined();
  });

  test('without the numbers of its chunks free bytes prove nothing', () => {
    const { hypothesis } = look(spaceRule, modelAt(0, { ...of(btrfs(0)), health: null }));
    expect(hypothesis.state).toBe('unlikely');
  });
});

describe('A1-13: /boot', () => {
  const places = (over: Partial<NonNullable<PlacesRaw['boot']>>): PlacesRaw => ({
    ...noPlaces,
    boot: {
      mountPoint: '/boot',
      type: 'vfat',
      totalBytes: 60e6,
      availableBytes: 9e6,
      pairBytes: 52e6,
      staleEntries: 3,
      ...over,
    },
  });

  test('before a switch: what another kernel needs, and what belongs to nobody', () => {
    const { said } = look(spaceRule, modelAt(0, { filesystems: root, places: places({}) }));
    expect(said).toEqual([
      'critical likely: /boot: another kernel needs about 50 MB, 8.6 MB free; 3 entries belong to deleted generations',
    ]);
  });

  test.each([
    ['there is room for one', { availableBytes: 80e6 }],
    ['its room is not known', { availableBytes: null }],
  ])('silent: %s', (_, over) => {
    expect(look(spaceRule, modelAt(0, { filesystems: root, places: places(over) })).said).toEqual([]);
  });

  const written = 'building the system configuration...\nupdating systemd-boot from 255 to 256\n';
  const lines = [
    "ignoring generation 'None' in the list of boot entries because of the following error:",
    '[Errno 28] No space left on device',
  ];
  const said = (text: string, exitCode?: number) =>
    look(spaceRule, modelAt(60, { filesystems: root, rebuilds: [followedOf(rebuildOf(text, exitCode))] }))
      .said;

  test('after a switch that could not write it and ended with 0', () => {
    expect(said(`${written}${lines.join('\n')}\n`, 0)).toEqual([
      'critical confirmed: the new generation is NOT in the boot menu although the command ended with 0: the boot partition has no room',
    ]);
  });

  test.each([
    ["cp: error writing '/boot/kernels/x-initrd.tmp': No space left on device"],
    ["OSError: [Errno 28] No space left on device: '/boot/EFI/nixos/x.efi'"],
    ['cat: write error: No space left on device'],
  ])('the same while it runs: %s', (line) => {
    expect(said(`${written}${line}\n`)).toEqual([
      'critical confirmed: the new generation is NOT in the boot menu: the boot partition has no room',
    ]);
  });

  test.each([
    ['a switch that wrote it', `${written}activating the configuration...\n`],
    ['a build that says so', `building '/nix/store/${'a'.repeat(32)}-x.drv'...\n${lines[1]}\n`],
    ['another file', `${written}OSError: [Errno 28] No space left on device: '/tmp/x'\n`],
    [
      'before the boot menu',
      'building the system configuration...\ncat: write error: No space left on device\n',
    ],
  ])('not of %s', (_, text) => {
    expect(said(text, 0)).toEqual([]);
  });

  test('where the size of a kernel is not known, 100 MB are asked for', () => {
    const at = (availableBytes: number) =>
      look(spaceRule, modelAt(0, { filesystems: root, places: places({ pairBytes: null, availableBytes }) }))
        .said;
    expect(at(120e6)).toEqual([]);
    expect(at(80e6)[0]).toMatch(/^warning likely: /);
  });
});

describe('A1-26: an installer', () => {
  const overlay = rowOf({
    path: '/nix/store',
    mountPoint: '/nix/store',
    type: 'overlay',
    totalBytes: 494_968 * 1024,
    availableBytes: 300e6,
  });
  const memoryRoot = rowOf({ type: 'tmpfs', totalBytes: 494_968 * 1024, availableBytes: 300e6 });
  const places: PlacesRaw = {
    ...noPlaces,
    minFreeBytes: 2_638_921_728,
    upperLayers: [{ mountPoint: '/nix/store', upperMountPoint: '/nix/.rw-store', upperType: 'tmpfs' }],
  };

  test("the store's upper layer is memory, and garbage collection cannot reach its goal", () => {
    const { said } = look(spaceRule, modelAt(0, { filesystems: [memoryRoot, overlay], places }));
    expect(said).toEqual([
      'warning confirmed: min-free wants 2.5 GB free and /nix/store has 483 MB in all: no garbage collection reaches it',
      'ok confirmed: what is written to /nix/store lies in memory, its upper layer /nix/.rw-store: 286 MB of 483 MB left',
    ]);
  });

  test('a squashfs is full by design', () => {
    const image = rowOf({
      path: '/nix/store',
      mountPoint: '/nix/store',
      type: 'squashfs',
      availableBytes: 0,
    });
    const { said } = look(spaceRule, modelAt(0, { filesystems: [rowOf(), image], places: noPlaces }));
    expect(said).toEqual([]);
  });

  test('a disk with min-free that it has, and a root in memory with the store on a disk', () => {
    const filesystems = [rowOf({ mountPoint: '/nix' }), rowOf({ path: '/', type: 'tmpfs', device: null })];
    const { said } = look(spaceRule, modelAt(0, { filesystems, places: { ...noPlaces, minFreeBytes: 1e9 } }));
    expect(said).toEqual([]);
  });

  test('a root in memory that is full is said to be one', () => {
    const filesystems = [
      rowOf({ mountPoint: '/nix' }),
      rowOf({ path: '/', type: 'tmpfs', totalBytes: 16 * GiB, availableBytes: 5e7, level: 'critical' }),
    ];
    const { said, findings } = look(spaceRule, modelAt(0, { filesystems, places: noPlaces }));
    expect(said).toEqual(['critical confirmed: / (tmpfs) is 100% full, 48 MB free']);
    expect(findings[0] && remediesOf(findings[0].found)[0]?.title).toContain('lies in memory');
  });
});

test('of a captured machine nothing is known', () => {
  const problem = { kind: 'unsupported', where: '/nix' } as const;
  const filesystems = [rowOf({ totalBytes: null, availableBytes: null, problem })];
  const { hypothesis } = look(spaceRule, modelAt(0, { filesystems }));
  expect(hypothesis).toMatchObject({ state: 'untested', ground: { untested: { kind: 'unsupported' } } });
});
