/** Made-up block devices for the fake file port: sysfs as the kernel lays it out. */
import type { FakeEntry } from '../support/fake-files.ts';

export interface BlockSpec {
  readonly name: string;
  /** `major:minor`. */
  readonly number: string;
  /** The disk that this is a partition of. */
  readonly partitionOf?: string;
  readonly slaves?: readonly string[];
  /** Attributes such as `dm/name`, `device/model`, `queue/rotational`. */
  readonly attributes?: Readonly<Record<string, string>>;
}

export function blockTree(...specs: readonly BlockSpec[]): Record<string, FakeEntry> {
  const tree: Record<string, FakeEntry> = {};
  for (const { name, number, partitionOf, slaves = [], attributes = {} } of specs) {
    const parent = partitionOf === undefined ? '' : `${partitionOf}/`;
    const link = `../../devices/pci0000:00/block/${parent}${name}`;
    tree[`/sys/dev/block/${number}`] = { link };
    tree[`/sys/class/block/${name}`] = { link };
    tree[`/sys/class/block/${name}/size`] = '2048\n';
    if (partitionOf !== undefined) tree[`/sys/class/block/${name}/partition`] = '1\n';
    for (const slave of slaves) tree[`/sys/class/block/${name}/slaves/${slave}`] = { link: '../../../x' };
    for (const [file, value] of Object.entries(attributes))
      tree[`/sys/class/block/${name}/${file}`] = `${value}\n`;
  }
  return tree;
}

/** NVMe with LUKS, LVM on it. */
export const laptop = blockTree(
  {
    name: 'nvme0n1',
    number: '259:0',
    attributes: { 'device/model': 'Samsung SSD 980 PRO 1TB            ', 'queue/rotational': '0' },
  },
  { name: 'nvme0n1p1', number: '259:1', partitionOf: 'nvme0n1' },
  { name: 'nvme0n1p2', number: '259:2', partitionOf: 'nvme0n1' },
  { name: 'dm-0', number: '253:0', slaves: ['nvme0n1p2'], attributes: { 'dm/name': 'cryptroot' } },
  { name: 'dm-1', number: '253:1', slaves: ['dm-0'], attributes: { 'dm/name': 'vg-root' } },
  { name: 'dm-2', number: '253:2', slaves: ['dm-0'], attributes: { 'dm/name': 'vg-swap' } },
);

/** Two disks in a RAID 1, one with a cache before it. */
export const server = blockTree(
  { name: 'sda', number: '8:0', attributes: { 'device/model': 'ST4000NM0035', 'queue/rotational': '1' } },
  { name: 'sda1', number: '8:1', partitionOf: 'sda' },
  { name: 'sdb', number: '8:16' },
  { name: 'sdb1', number: '8:17', partitionOf: 'sdb' },
  { name: 'md127', number: '9:127', slaves: ['sda1', 'sdb1'], attributes: { 'md/level': 'raid1' } },
  { name: 'sdc', number: '8:32' },
  { name: 'nvme0n1', number: '259:0' },
  { name: 'nvme0n1p3', number: '259:3', partitionOf: 'nvme0n1' },
  { name: 'bcache0', number: '252:0', slaves: ['sdc', 'nvme0n1p3'] },
);

/** A row of diskstats with some work done. */
export function diskRow(number: string, name: string, done = 10): string {
  const [major, minor] = number.split(':');
  return ` ${major} ${minor} ${name} ${done} 0 80 5 ${done} 0 160 9 0 12 14 0 0 0 0 0 0\n`;
}

export const space = { totalBytes: 1000, availableBytes: 400, inodes: 100, freeInodes: 50 };
