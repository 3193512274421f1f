/** Names of block devices, and which lie below which. */
import type { Disk } from '../model.ts';

/** `sda1` is of `sda`, `nvme0n1p2` of `nvme0n1`; a whole one is itself. */
export function wholeDevice(name: string): string {
  return (
    /^((?:sd|vd|xvd|hd)[a-z]+)\d+$/.exec(name)?.[1] ??
    /^((?:nvme\d+n|mmcblk|nbd|md|loop)\d+)p\d+$/.exec(name)?.[1] ??
    name
  );
}

/** What LVM calls a volume, of the name that it gives to device-mapper: `vg0-my--pool-tpool` is `vg0/my-pool`. */
export function volumeNamed(title: string): string {
  const [, group, volume] = /^((?:[^-]|--)+)-((?:[^-]|--)+)(?:-[a-z]+)?$/.exec(title) ?? [];
  if (group === undefined || volume === undefined) return title;
  return `${group}/${volume}`.replaceAll('--', '-');
}

/** Everything below one, each once, the nearest first; partitions by the disk that they are of. */
export function devicesBelow(
  name: string,
  disks: readonly Pick<Disk, 'device' | 'slaves'>[],
): readonly string[] {
  const found: string[] = [];
  const open = [name];
  for (let next = open.shift(); next !== undefined; next = open.shift())
    for (const slave of disks.find(({ device }) => device === next)?.slaves ?? []) {
      const device = wholeDevice(slave);
      if (device === name || found.includes(device)) continue;
      found.push(device);
      open.push(device);
    }
  return found;
}

/** A name of the kernel's for a disk, its controller or a partition, as that of a disk that is known; else the whole device. */
export function diskNamed(name: string, disks: readonly Pick<Disk, 'device'>[]): string {
  const device = wholeDevice(name.replace(/^\/dev\//, ''));
  if (!/^nvme\d+$/.test(device)) return device;
  return disks.find((disk) => disk.device.startsWith(`${device}n`))?.device ?? device;
}
