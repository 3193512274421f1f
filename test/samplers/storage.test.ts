/** What carries /nix: through partitions, dm-crypt, LVM, md, bcache, btrfs; and mounts that hang. */
import { describe, expect, test } from 'vitest';
import type { Ports } from '../../src/platform/ports.ts';
import { createBlockDevices } from '../../src/samplers/block-devices.ts';
import { createStorageReader } from '../../src/samplers/storage.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts, type FakePorts, settled } from '../support/fake-ports.ts';
import { blockTree, laptop, server, space } from './block-tree.ts';

const paths = ['/', '/nix', '/tmp', '/nix/store', '/nix/var/nix/builds'];

function portsOf(tree: Record<string, FakeEntry>, mounts: string, existing = paths): FakePorts {
  const ports = createFakePorts({ tree: { '/proc/self/mountinfo': mounts, ...tree } });
  for (const path of existing) ports.files.setSpace(path, space);
  return ports;
}

async function readStorage(ports: Pick<Ports, 'files' | 'clock'>) {
  const reader = createStorageReader(ports, createBlockDevices(ports.files));
  reader.refresh([]);
  await settled();
  const reading = reader.take();
  if (!reading?.ok) throw new Error(`no storage: ${JSON.stringify(reading)}`);
  return { ...reading.value, carriers: reader.carriers };
}

const root = (device: string, type = 'ext4', source = '/dev/x') =>
  `1 0 ${device} / / rw - ${type} ${source} rw\n`;

describe('down to the hardware', () => {
  test('LVM on dm-crypt on a partition', async () => {
    const ports = portsOf(
      {
        ...laptop,
        '/proc/swaps': 'Filename\tType\n/dev/dm-2 partition 1 0 -2\n',
        '/dev/mapper/vg-root': { link: '../dm-1' },
      },
      root('253:1'),
    );
    const storage = await readStorage(ports);
    expect(storage.filesystems[0]).toEqual({
      path: '/nix',
      mountPoint: '/',
      type: 'ext4',
      source: '/dev/x',
      device: 'dm-1',
      disks: ['nvme0n1'],
      space: { ok: true, value: space },
    });
    expect(storage.swap).toEqual(['dm-2', 'dm-0', 'nvme0n1']);
    expect([...storage.carriers].sort()).toEqual(['dm-0', 'dm-1', 'dm-2', 'nvme0n1']);
    expect(storage.devices.find(({ device }) => device === 'nvme0n1')).toEqual({
      device: 'nvme0n1',
      model: 'Samsung SSD 980 PRO 1TB',
      title: null,
      rotational: false,
      sizeBytes: 2048 * 512,
      slaves: [],
    });
    expect(storage.devices.find(({ device }) => device === 'dm-0')).toMatchObject({
      title: 'cryptroot',
      slaves: ['nvme0n1p2'],
    });
  });

  test('RAID: both disks; bcache: cache and backing device', async () => {
    const raid = await readStorage(portsOf(server, root('9:127')));
    expect(raid.filesystems[0]).toMatchObject({ device: 'md127', disks: ['sda', 'sdb'] });
    expect(raid.devices.find(({ device }) => device === 'md127')?.title).toBe('raid1');
    const cached = await readStorage(portsOf(server, root('252:0')));
    expect(cached.filesystems[0]).toMatchObject({ device: 'bcache0', disks: ['sdc', 'nvme0n1'] });
  });

  test('btrfs has no device number: by its source, and all its members', async () => {
    const tree: Record<string, FakeEntry> = {
      ...laptop,
      ...server,
      '/dev/mapper/cryptroot': { link: '../dm-0' },
      '/sys/fs/btrfs/features/x': '1\n',
      '/sys/fs/btrfs/uuid-1/devices/dm-0': { link: 'x' },
      '/sys/fs/btrfs/uuid-1/devices/sda1': { link: 'x' },
    };
    const storage = await readStorage(portsOf(tree, root('0:30', 'btrfs', '/dev/mapper/cryptroot')));
    expect(storage.filesystems[0]).toMatchObject({ device: 'dm-0', disks: ['nvme0n1', 'sda'] });
  });

  test('bcachefs names its members in the source', async () => {
    const tree = { ...server, '/dev/sda1': '', '/dev/sdc': '' };
    const storage = await readStorage(portsOf(tree, root('0:31', 'bcachefs', '/dev/sda1:/dev/sdc')));
    expect(storage.filesystems[0]).toMatchObject({ device: 'sda1', disks: ['sda', 'sdc'] });
  });

  test.each([
    ['zfs', 'tank/root'],
    ['tmpfs', 'tmpfs'],
    ['nfs4', 'nas:/export'],
    ['overlay', 'overlay'],
  ])('%s lies on no device', async (type, source) => {
    const storage = await readStorage(portsOf(laptop, root('0:33', type, source)));
    expect(storage.filesystems[0]).toMatchObject({ device: null, disks: [], type });
  });

  test('a tree that loops, a device that sysfs does not know', async () => {
    const loop = blockTree(
      { name: 'dm-0', number: '253:0', slaves: ['dm-1'] },
      { name: 'dm-1', number: '253:1', slaves: ['dm-0'] },
    );
    expect((await readStorage(portsOf(loop, root('253:0')))).filesystems[0]).toMatchObject({
      device: 'dm-0',
      disks: [],
    });
    expect((await readStorage(portsOf({}, root('8:1')))).filesystems[0]).toMatchObject({
      device: null,
      disks: [],
    });
  });
});

describe('paths of interest', () => {
  test('/nix/store and the build directory only where they lie elsewhere', async () => {
    const bind = `${root('259:1')}2 1 259:1 /nix/store /nix/store ro - ext4 /dev/x rw\n`;
    const same = await readStorage(portsOf(laptop, bind));
    expect(same.filesystems.map(({ path }) => path)).toEqual(['/nix', '/', '/tmp']);
    const own = `${root('259:1')}2 1 259:2 / /nix/store ro - ext4 /dev/x rw\n3 1 0:9 / /nix/var/nix/builds rw - tmpfs tmpfs rw\n`;
    const apart = await readStorage(portsOf(laptop, own));
    expect(apart.filesystems.map(({ path }) => path)).toEqual([
      '/nix',
      '/',
      '/tmp',
      '/nix/store',
      '/nix/var/nix/builds',
    ]);
  });

  test('build-dir of nix.conf; a machine without Nix', async () => {
    const tree = { ...laptop, '/etc/nix/nix.conf': 'build-dir = /scratch\n' };
    const mounts = `${root('259:1')}2 1 259:2 / /scratch rw - xfs /dev/x rw\n`;
    const storage = await readStorage(portsOf(tree, mounts, ['/', '/tmp', '/scratch']));
    expect(storage.filesystems.map(({ path }) => path)).toEqual(['/', '/tmp', '/scratch']);
  });

  test('of a captured tree the space is none of the machine it lies on', async () => {
    const ports = portsOf(laptop, root('259:1'));
    const captured = { ...ports, files: { ...ports.files, live: false } };
    const storage = await readStorage(captured);
    expect(storage.filesystems[0]?.space).toMatchObject({ ok: false, problem: { kind: 'unsupported' } });
  });
});

describe('mounts that hang', () => {
  const mounts = `${root('259:1')}2 1 0:44 / /nix rw - nfs4 nas:/nix rw\n3 1 0:44 / /nix/store ro - nfs4 nas:/nix rw\n`;

  test('say timeout, and the others are read', async () => {
    const ports = portsOf(laptop, mounts, ['/', '/tmp']);
    ports.files.set('/nix', { hangs: true });
    const storage = await readStorage(ports);
    expect(storage.filesystems.map(({ path, space: { ok } }) => [path, ok])).toEqual([
      ['/nix', false],
      ['/', true],
      ['/tmp', true],
    ]);
    expect(storage.filesystems[0]?.space).toMatchObject({ problem: { kind: 'timeout', where: '/nix' } });
  });

  test('a second path on the same hung mount is not asked', async () => {
    const hungRoot = portsOf(laptop, root('0:44', 'nfs4', 'nas:/'), []);
    hungRoot.files.set('/nix', { hangs: true });
    const storage = await readStorage(hungRoot);
    expect(storage.filesystems.map(({ space: result }) => !result.ok && result.problem.kind)).toEqual([
      'timeout',
      'timeout',
      'timeout',
    ]);
    expect(hungRoot.files.count('spaceSlow')).toBe(1);
  });
});

describe('its own time', () => {
  test('while details rest: once a minute, but what came too late is asked again soon', async () => {
    const ports = portsOf(laptop, root('8:2'));
    const lowDetail = { on: true };
    const reader = createStorageReader(ports, createBlockDevices(ports.files), lowDetail);
    const later = async (ms: number) => {
      ports.clock.advance(ms);
      reader.refresh([]);
      await settled();
      return reader.take()?.ok;
    };
    const mounts = '/proc/self/mountinfo';
    ports.files.set(mounts, { problem: 'timeout' });
    expect(await later(0)).toBe(false);
    ports.files.set(mounts, root('8:2'));
    expect(await later(4999)).toBeUndefined();
    expect(await later(1)).toBe(true);
    expect(await later(59_999)).toBeUndefined();
    expect(await later(1)).toBe(true);
  });

  test('one refresh at a time, every five seconds, each given once', async () => {
    const ports = portsOf(laptop, root('259:1'));
    const reader = createStorageReader(ports, createBlockDevices(ports.files));
    const refreshes = () => ports.files.count('readSlow', '/proc/self/mountinfo');
    reader.refresh([]);
    reader.refresh([]);
    expect(reader.take()).toBeUndefined();
    await settled();
    expect(reader.take()?.ok).toBe(true);
    expect(reader.take()).toBeUndefined();
    ports.clock.advance(4999);
    reader.refresh([]);
    expect(refreshes()).toBe(1);
    ports.clock.advance(1);
    reader.refresh([]);
    expect(refreshes()).toBe(2);
  });

  test('every second while one will be full within a minute', async () => {
    const ports = portsOf(laptop, root('259:1'));
    const reader = createStorageReader(ports, createBlockDevices(ports.files));
    const look = async (ms: number, availableBytes: number) => {
      for (const path of paths) ports.files.setSpace(path, { ...space, availableBytes });
      ports.clock.advance(ms);
      reader.refresh([]);
      await settled();
      return reader.take()?.ok;
    };
    expect(await look(0, 100e9)).toBe(true);
    // 20 GB in 5 s: 80 GB are gone in 20 s.
    expect(await look(5000, 80e9)).toBe(true);
    expect(await look(1000, 76e9)).toBe(true);
    // It stands still.
    expect(await look(1000, 76e9)).toBe(true);
    expect(await look(1000, 76e9)).toBeUndefined();
    expect(await look(4000, 75e9)).toBe(true);
    expect(await look(1000, 75e9)).toBeUndefined();
  });

  test.each([
    ['denied', { problem: 'denied' as const }, 'denied'],
    ['hung', { hangs: true as const }, 'timeout'],
    ['empty', '', 'malformed'],
  ])('a mountinfo that is %s is a Problem', async (_, entry, kind) => {
    const ports = createFakePorts({ tree: { '/proc/self/mountinfo': entry } });
    const reader = createStorageReader(ports, createBlockDevices(ports.files));
    reader.refresh([]);
    await settled();
    expect(reader.take()).toMatchObject({ ok: false, problem: { kind } });
  });
});
