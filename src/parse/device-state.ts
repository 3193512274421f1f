/** What sysfs says of the health of block devices: sysfs-block-dm and scsi/scsi_sysfs.c of the kernel. */
import type { DeviceHealthRaw } from '../model/diagnosis/health.ts';

/** `0x1f\n` of ioerr_cnt and iotmo_cnt. */
export function parseHexCount(text: string): number | null {
  return /^0x[0-9a-f]{1,12}$/i.test(text.trim()) ? Number(text.trim()) : null;
}

/** `CRYPT-LUKS2-…`, `LVM-…`, `mpath-…`, of a partition of the last `part1-mpath-…`: the prefix is who made the device. */
export function layerOf(uuid: string): DeviceHealthRaw['layer'] {
  const prefix = /^(?:part\d+-)?([A-Za-z]+)-/.exec(uuid)?.[1];
  return prefix === 'CRYPT' ? 'crypt' : prefix === 'LVM' ? 'lvm' : prefix === 'mpath' ? 'multipath' : null;
}

/** A device by the name that its driver gives it. Null: it keeps nothing on a disk, or no disk for long. */
export function kindOfDevice(name: string): DeviceHealthRaw['kind'] | null {
  // RAM disks, loops, floppies, optical drives; the hidden paths of NVMe multipath.
  if (/^(?:ram|zram|loop|fd|sr|nbd)\d+$|^nvme\d+c\d+n\d+$/.test(name)) return null;
  if (/^sd[a-z]+$/.test(name)) return 'scsi';
  if (/^nvme\d+n\d+$/.test(name)) return 'nvme';
  if (/^dm-\d+$/.test(name)) return 'dm';
  return /^md(?:\d+|_\S+)$/.test(name) ? 'md' : 'other';
}
