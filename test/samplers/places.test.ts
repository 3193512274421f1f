/** What of the file systems a rebuild uses: settings of nix.conf, overlays, the partition of the boot loader. */
import { expect, test } from 'vitest';
import { parseMinFree } from '../../src/parse/host-facts.ts';
import { createBlockDevices } from '../../src/samplers/block-devices.ts';
import { readBuildSizes } from '../../src/samplers/build-sizes.ts';
import { createStorageReader } from '../../src/samplers/storage.ts';
import type { FakeEntry } from '../support/fake-files.ts';
import { createFakePorts, type FakePorts, settled } from '../support/fake-ports.ts';
import { space } from './block-tree.ts';

const root = '1 0 8:1 / / rw - ext4 /dev/sda1 rw\n';
const boot = '2 1 8:2 / /boot rw shared:3 - vfat /dev/sda2 rw,fmask=0022\n';

function portsOf(tree: Record<string, FakeEntry>, mounts: string, spaces: readonly string[]): FakePorts {
  const ports = createFakePorts({ tree: { '/proc/self/mountinfo': mounts, ...tree } });
  for (const path of spaces) ports.files.setSpace(path, space);
  return ports;
}

async function placesOf(ports: FakePorts) {
  const reader = createStorageReader(ports, createBlockDevices(ports.files));
  reader.refresh([]);
  await settled();
  const reading = reader.take();
  if (!reading?.ok) throw new Error('no storage');
  return reading.value.places;
}

const entries = (...names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [`/boot/loader/entries/${name}`, '']));

test('/boot: its room, a pair of kernel and initrd, entries whose generation is gone', async () => {
  const ports = portsOf(
    {
      ...entries('nixos-generation-60.conf', 'nixos-generation-61-specialisation-work.conf', 'windows.conf'),
      ...entries('nixos-generation-64.conf', 'nixos-generation-65.conf.tmp'),
      '/nix/var/nix/profiles/system-64-link': { link: 'x' },
      '/nix/var/nix/profiles/system-65-link': { link: 'x' },
    },
    root + boot,
    ['/', '/boot'],
  );
  ports.files.setOwner('/boot/EFI/nixos', {});
  ports.files.setOwner('/run/current-system/kernel', { bytes: 12e6 });
  ports.files.setOwner('/run/current-system/initrd', { bytes: 40e6 });
  expect((await placesOf(ports))?.boot).toEqual({
    mountPoint: '/boot',
    type: 'vfat',
    totalBytes: space.totalBytes,
    availableBytes: space.availableBytes,
    pairBytes: 52e6,
    staleEntries: 2,
  });
});

test('of a /boot that only root may list the room is known, its entries are not', async () => {
  const ports = portsOf({ '/boot/loader/entries': { problem: 'denied' } }, root + boot, ['/', '/boot']);
  ports.files.setOwner('/boot/EFI/nixos', {});
  expect((await placesOf(ports))?.boot).toMatchObject({
    availableBytes: space.availableBytes,
    staleEntries: null,
    pairBytes: null,
  });
});

test.each([
  ['kernels lie on the root', root, {}],
  ['it is not mounted yet, and asking would do it', `${root}2 1 0:40 / /boot rw - autofs systemd-1 rw\n`, {}],
  ['nothing of NixOS is there', root + boot, {}],
])('no place for kernels: %s', async (_, mounts, tree) => {
  const ports = portsOf(tree, mounts, ['/', '/boot']);
  expect((await placesOf(ports))?.boot).toBeNull();
  expect(ports.files.count('spaceSlow', '/boot')).toBe(0);
});

test('an installer: the store is an overlay whose upper layer is memory', async () => {
  const mounts = [
    '1 0 0:20 / / rw - tmpfs tmpfs rw,size=494968k',
    '2 1 7:0 / /nix/.ro-store ro - squashfs /dev/loop0 ro',
    '3 1 0:21 / /nix/.rw-store rw - tmpfs tmpfs rw,mode=755',
    '4 1 0:22 / /nix/store rw - overlay overlay rw,lowerdir=/mnt-root/nix/.ro-store,upperdir=/mnt-root/nix/.rw-store/store,workdir=/w',
    '',
  ].join('\n');
  const places = await placesOf(portsOf({}, mounts, ['/', '/nix', '/nix/store']));
  expect(places?.upperLayers).toEqual([
    { mountPoint: '/nix/store', upperMountPoint: '/nix/.rw-store', upperType: 'tmpfs' },
  ]);
});

test('where builds run: as nix.conf says, else where the daemon has made its place', async () => {
  const conf = { '/etc/nix/nix.conf': 'min-free = 1G\nbuild-dir = /scratch\n' };
  expect(await placesOf(portsOf(conf, root, ['/']))).toMatchObject({
    buildDirectory: '/scratch',
    minFreeBytes: 2 ** 30,
  });
  const made = portsOf({}, root, ['/']);
  made.files.setOwner('/nix/var/nix/builds', {});
  expect(await placesOf(made)).toMatchObject({ buildDirectory: '/nix/var/nix/builds', minFreeBytes: null });
  expect(await placesOf(portsOf({}, root, ['/']))).toMatchObject({ buildDirectory: null });
});

test('min-free', () => {
  expect(parseMinFree('min-free = 1073741824\n')).toBe(2 ** 30);
  expect(parseMinFree('x = 1\n  min-free = 512M\n')).toBe(512 * 2 ** 20);
  expect(parseMinFree('min-free = 0\n')).toBeNull();
  expect(parseMinFree('max-free = 5\n#min-free = 5\n')).toBeNull();
});

test('what builds hold: of their directories, the upper files first, and no more than a bound', async () => {
  const ports = createFakePorts({
    tree: {
      '/tmp/nix-build-a-1.drv-0/source/big': '',
      '/tmp/nix-build-a-1.drv-0/env-vars': '',
      '/tmp/nix-7-1/build/object': '',
      '/tmp/nix-build-hidden.drv-0': { problem: 'denied' },
      '/tmp/somebody-else/big': '',
      ...Object.fromEntries(Array.from({ length: 1500 }, (_, i) => [`/tmp/nix-9-1/${i}`, ''])),
    },
  });
  const directory = { mode: 0o040700 };
  ports.files.setOwner('/tmp/nix-build-a-1.drv-0', { ...directory, uid: 30_001 });
  ports.files.setOwner('/tmp/nix-build-a-1.drv-0/source', { ...directory, uid: 30_001 });
  ports.files.setOwner('/tmp/nix-build-a-1.drv-0/source/big', { uid: 30_001, mode: 0o100600, bytes: 2e9 });
  ports.files.setOwner('/tmp/nix-build-a-1.drv-0/env-vars', { uid: 30_001, mode: 0o100600, bytes: 5000 });
  ports.files.setOwner('/tmp/nix-7-1', { ...directory, uid: 0 });
  ports.files.setOwner('/tmp/nix-7-1/build', { ...directory, uid: 30_002 });
  ports.files.setOwner('/tmp/nix-7-1/build/object', { uid: 30_002, mode: 0o100600, bytes: 7e6 });
  ports.files.setOwner('/tmp/nix-9-1', { ...directory, uid: 30_003 });
  for (let i = 0; i < 1500; i += 1)
    ports.files.setOwner(`/tmp/nix-9-1/${i}`, { uid: 30_003, mode: 0o100600, bytes: 10 });
  const sizes = await readBuildSizes(ports.files, '/tmp');
  expect([...sizes].sort((a, b) => b.bytes - a.bytes)).toEqual([
    { path: '/tmp/nix-build-a-1.drv-0', uid: 30_001, bytes: 2_000_005_000, whole: true },
    { path: '/tmp/nix-7-1', uid: 30_002, bytes: 7e6, whole: true },
    { path: '/tmp/nix-9-1', uid: 30_003, bytes: 10_000, whole: false },
  ]);
});
