import { describe, expect, it } from 'vitest';
import { ok } from '../../src/base/problem.ts';
import { rebuildItems } from '../../src/check/rebuild.ts';
import type { RebuildFacts } from '../../src/model/advice/rebuild-facts.ts';
import {
  built,
  filesystemAt,
  GiB,
  MiB,
  planned,
  soundFacts,
  soundMachine,
  soundSettings,
} from '../support/rebuild-facts.ts';
import { items, told } from './items.ts';

describe('room', () => {
  const store = (over: Parameters<typeof filesystemAt>[1]) => ({
    machine: soundMachine({ filesystems: [filesystemAt('/'), filesystemAt('/nix', over)] }),
  });

  it.each([
    [80 * GiB, 'ok'],
    [1 * GiB, 'warning'],
    [200 * MiB, 'failed'],
    [0, 'failed'],
  ] as const)('the store with %i bytes for 300 MB', (availableBytes, state) => {
    const { state: is, remedies } = told(store({ availableBytes }), 'store-space');
    expect(is).toBe(state);
    expect(remedies).toBe(state === 'ok' ? 0 : 1);
  });

  it('a store that does not answer is not known', () => {
    const over = store({ availableBytes: null, problem: { kind: 'timeout', where: '/nix' } });
    expect(told(over, 'store-space').state).toBe('unknown');
    expect(items(over, 'store-inodes')).toEqual([]);
  });

  it.each([
    [4_000_000, 'ok'],
    [4000, 'warning'],
    [0, 'failed'],
  ] as const)('%i inodes', (freeInodes, state) => {
    expect(told(store({ freeInodes }), 'store-inodes').state).toBe(state);
  });

  it('inodes for many paths', () => {
    const fetches = Array.from({ length: 3000 }, (_, at) => `/nix/store/${'b'.repeat(32)}-p${at}`);
    expect(
      told({ ...store({ freeInodes: 100_000 }), dryRun: planned({ fetches }) }, 'store-inodes').state,
    ).toBe('warning');
  });

  it('a file system without a fixed number of inodes has no such item', () => {
    const { freeInodes: _, ...btrfs } = filesystemAt('/', { type: 'btrfs', freeInodesPercent: null });
    expect(items({ machine: soundMachine({ filesystems: [btrfs] }) }, 'store-inodes')).toEqual([]);
  });

  it('an installer: squashfs at 100 % is not full, the layer that is written to is memory, and min-free is out of reach', () => {
    const over: Partial<RebuildFacts> = {
      machine: soundMachine({
        filesystems: [
          filesystemAt('/', { type: 'tmpfs', totalBytes: 506 * MiB, availableBytes: 400 * MiB }),
          filesystemAt('/nix/.ro-store', { type: 'squashfs', availableBytes: 0 }),
          filesystemAt('/nix/store', { type: 'overlay', totalBytes: 506 * MiB, availableBytes: 300 * MiB }),
        ],
        places: {
          ...{ buildDirectory: '/tmp', minFreeBytes: 2_638_921_728, boot: null },
          upperLayers: [{ mountPoint: '/nix/store', upperMountPoint: '/nix/.rw-store', upperType: 'tmpfs' }],
        },
      }),
      dryRun: null,
      boot: null,
    };
    expect(told(over, 'store-in-memory')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('/nix/.rw-store'),
    });
    expect(told(over, 'collection-goal')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('2.5 GB'),
    });
    expect(told(over, 'store-space')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('300 MB free on /nix/store'),
    });
    expect(JSON.stringify(rebuildItems(soundFacts(over)))).not.toContain('.ro-store');
  });

  it('a min-free that can be had is well', () => {
    expect(told({ settings: ok({ ...soundSettings, minFreeBytes: 5 * GiB }) }, 'collection-goal').state).toBe(
      'ok',
    );
  });

  const tmp = (availableBytes: number, freeInodes = 100_000) => ({
    machine: soundMachine({
      filesystems: [filesystemAt('/'), filesystemAt('/tmp', { type: 'tmpfs', availableBytes, freeInodes })],
      places: { buildDirectory: '/tmp', minFreeBytes: null, upperLayers: [], boot: null },
    }),
  });

  it.each([
    [8 * GiB, 'ok'],
    [200 * MiB, 'warning'],
    [1 * MiB, 'failed'],
  ] as const)('builds in a tmpfs with %i bytes', (bytes, state) => {
    expect(told(tmp(bytes), 'build-directory').state).toBe(state);
    expect(items(tmp(bytes), 'temporary')).toEqual([]);
  });

  it('a large build in a small one, a source with its name, and nothing to build', () => {
    const dryRun = planned({ builds: [built('linux-6.12.30'), built('etc')] });
    const one = told({ ...tmp(2 * GiB), dryRun }, 'build-directory');
    expect(one).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('linux-6.12.30 takes 3.0 GB or more'),
    });
    for (const name of [
      'linux-6.12.30.tar.xz',
      'linux-firmware-20250101',
      'ghc-9.8.4-with-packages',
      'linux-6.12.30-modules',
    ])
      expect(
        told({ ...tmp(2 * GiB), dryRun: planned({ builds: [built(name)] }) }, 'build-directory').state,
        name,
      ).toBe('ok');
    expect(told({ ...tmp(0), dryRun: planned({ builds: [] }) }, 'build-directory').state).toBe('ok');
  });

  it('/tmp where builds run elsewhere', () => {
    const machine = (availableBytes: number) => ({
      machine: soundMachine({
        filesystems: [filesystemAt('/'), filesystemAt('/tmp', { type: 'tmpfs', availableBytes })],
      }),
    });
    expect(told(machine(2 * GiB), 'temporary').state).toBe('ok');
    expect(told(machine(20 * MiB), 'temporary').state).toBe('warning');
    expect(told(machine(0), 'temporary').state).toBe('failed');
  });
});

describe('/boot', () => {
  const boot = (over: Partial<NonNullable<RebuildFacts['boot']>>) => {
    const { boot: sound } = soundFacts();
    if (sound === null) throw new Error('no boot');
    return { boot: { ...sound, ...over } };
  };
  const small = boot({ freeBytes: 9 * MiB, stale: { files: 6, bytes: 156 * MiB }, temporaryFiles: 2 });

  it('that has room for 9 MB, with pairs of deleted generations', () => {
    const dryRun = planned({ builds: [built('initrd-linux-6.12.30'), built('nixos-system-box')] });
    const { state, text, remedies } = told({ ...small, dryRun }, 'boot');
    expect(state).toBe('failed');
    expect(text).toBe(
      '9.0 MB free on /boot, 52 MB will be written; 6 kernels and initrds of deleted generations hold 156 MB; 2 temporary files of an earlier attempt',
    );
    expect(remedies).toBeGreaterThan(1);
  });

  it('where no new kernel comes, or nobody knows, and what only sounds like one', () => {
    expect(told(small, 'boot').state).toBe('ok');
    expect(told({ ...small, dryRun: null }, 'boot').state).toBe('warning');
    const firmware = planned({ builds: [built('linux-firmware-20250101'), built('linux-headers-6.7')] });
    expect(told({ ...small, dryRun: firmware }, 'boot').state).toBe('ok');
    for (const name of ['linux-6.12.30', 'linux-zen-6.11.5', 'linux-6.13-rc3']) {
      const fetches = [`/nix/store/${'b'.repeat(32)}-${name}`];
      expect(told({ ...small, dryRun: planned({ fetches }) }, 'boot').state, name).toBe('failed');
    }
  });

  it('a system that is built already: its own kernel and initrd, and whether they lie there', () => {
    const coming = (missingBytes: number | null) =>
      boot({ freeBytes: 9 * MiB, coming: { bytes: 60 * MiB, missingBytes } });
    const none = planned({ builds: [], fetches: [] });
    expect(told({ ...coming(0), dryRun: none }, 'boot').state).toBe('ok');
    expect(told({ ...coming(48 * MiB), dryRun: none }, 'boot')).toMatchObject({
      state: 'failed',
      text: expect.stringContaining('48 MB will be written'),
    });
    expect(told({ ...coming(8 * MiB), dryRun: none }, 'boot').state).toBe('ok');
    expect(told({ ...coming(null), dryRun: none }, 'boot')).toMatchObject({
      state: 'warning',
      text: expect.stringContaining('a new kernel takes 60 MB'),
    });
  });

  it('full: not even an entry of the menu', () => {
    expect(told(boot({ freeBytes: 0 }), 'boot').state).toBe('failed');
    expect(told(boot({ freeBytes: null }), 'boot').state).toBe('unknown');
    expect(items({ boot: null }, 'boot')).toEqual([]);
  });
});
