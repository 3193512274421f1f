/** What devices and file systems say of their health, as the kernel prints it. */
import { describe, expect, test } from 'vitest';
import { parseErrorStats } from '../../src/parse/btrfs-state.ts';
import { kindOfDevice, layerOf, parseHexCount } from '../../src/parse/device-state.ts';
import { parseMounts } from '../../src/parse/mountinfo-mounts.ts';
import { parseLimit } from '../../src/parse/process-limits.ts';

test.each([
  ['0x0\n', 0],
  ['0x1f\n', 31],
  ['31\n', null],
  ['0x\n', null],
  ['', null],
  [`0x${'f'.repeat(40)}\n`, null],
])('counters of SCSI are hexadecimal: %j', (text, count) => expect(parseHexCount(text)).toBe(count));

test.each([
  ['CRYPT-LUKS2-8b1c-cryptroot', 'crypt'],
  ['CRYPT-PLAIN-swap', 'crypt'],
  ['LVM-abcdef', 'lvm'],
  ['mpath-3600', 'multipath'],
  ['part2-mpath-3600', 'multipath'],
  ['DMRAID-x', null],
  ['', null],
] as const)('who made a device of dm: %s', (uuid, layer) => expect(layerOf(uuid)).toBe(layer));

test.each([
  ['sda', 'scsi'],
  ['sdaa', 'scsi'],
  ['nvme0n1', 'nvme'],
  ['nvme0c1n1', null],
  ['dm-12', 'dm'],
  ['md127', 'md'],
  ['md_home', 'md'],
  ['vda', 'other'],
  ['mmcblk0', 'other'],
  ['loop3', null],
  ['zram0', null],
  ['sr0', null],
] as const)('%s is a device of kind %s', (name, kind) => expect(kindOfDevice(name)).toBe(kind));

test.each([
  ['write_errs 1\nread_errs 2\nflush_errs 0\ncorruption_errs 40\ngeneration_errs 0\n', 43],
  ['write_errs 0\n', 0],
  ['write_errs x\nread_errs 2\n', null],
  ['write_errs 1\nsomething else\n', null],
  ['', null],
])('errors of a device of btrfs: %j', (text, sum) => expect(parseErrorStats(text)).toBe(sum));

describe('limits', () => {
  const text =
    'Limit                     Soft Limit           Hard Limit           Units     \n' +
    'Max cpu time              unlimited            unlimited            seconds   \n' +
    'Max processes             unlimited            unlimited            processes \n' +
    'Max open files            1024                 524288               files     \n';
  test.each([
    ['Max open files', 1024],
    ['Max processes', null],
    ['Max nice priority', null],
  ])('%s', (name, limit) => expect(parseLimit(text, name)).toBe(limit));
});

test('an error makes the file system read-only, who mounts it so the mount too', () => {
  const rows = [
    '1 0 8:1 / / rw,relatime - ext4 /dev/sda1 ro,errors=remount-ro',
    '2 1 8:1 / /nix/store ro,nosuid - ext4 /dev/sda1 rw',
    '3 1 8:2 / /mnt ro - ext4 /dev/sda2 ro',
    '4 1 8:3 / /root rw - ext4 /dev/sda3 rootflags=ro,rw',
    '5 1 8:4 / /x rw - ext4 /dev/sda4',
  ];
  expect(
    parseMounts(`${rows.join('\n')}\n`).map(({ readOnly, superReadOnly }) => [readOnly, superReadOnly]),
  ).toEqual([
    [false, true],
    [true, false],
    [true, true],
    [false, false],
    [false, false],
  ]);
});
