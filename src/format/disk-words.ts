/** What is said of disks and file systems, everywhere alike. */

import { formatSeconds } from '../base/duration.ts';
import { formatCount, formatTenths } from '../base/number.ts';
import { isWorse } from '../model/machine/level.ts';
import { usedPercent } from '../model/machine/space-level.ts';
import type { Disk, Filesystem } from '../model/model.ts';
import type { Tone } from './paint.ts';

/** The disk to look at: stalled, else the one with most waiting. Hardware before what lies on it. */
export function worstDisk(disks: readonly Disk[]): Disk | null {
  let worst: Disk | null = null;
  for (const disk of disks) {
    if (worst === null || badness(disk) > badness(worst)) worst = disk;
  }
  return worst;
}
function badness(disk: Disk): number {
  const load = (disk.stalledSec !== null ? 1e9 + disk.stalledSec : 0) + (disk.queueSize ?? 0) * 100;
  const carries = disk.carries.includes('/nix') ? 50 : disk.carries.length > 0 ? 20 : 0;
  return load + (disk.utilPercent ?? 0) + carries - (disk.slaves.length > 0 ? 1e4 : 0);
}

export function stalledText(disk: Disk): string | null {
  return disk.stalledSec === null ? null : `STALLED ${formatSeconds(disk.stalledSec)}`;
}

/**
 * Mean length of the queue, as aqu-sz of iostat(1). In a stall how many wait: the kernel adds a request to the
 * weighted time as it completes, so that the mean reads 0.
 */
export function queueText({ stalledSec, queueSize, inFlight }: Disk): string {
  return stalledSec === null ? formatTenths(queueSize) : formatCount(inFlight);
}

/** `/nix / /tmp` in one row where they lie on one file system. */
export function distinctFilesystems(filesystems: readonly Filesystem[]): readonly Filesystem[] {
  const byMount = new Map<string, Filesystem>();
  for (const filesystem of filesystems) {
    const first = byMount.get(filesystem.mountPoint);
    const joined = first === undefined ? filesystem : { ...first, path: `${first.path} ${filesystem.path}` };
    byMount.set(filesystem.mountPoint, joined);
  }
  return byMount.size === filesystems.length ? filesystems : [...byMount.values()];
}

/** The file system to look at: the shortest, else the one with least room as a share. */
export function fullestFilesystem(filesystems: readonly Filesystem[]): Filesystem | null {
  let fullest: Filesystem | null = null;
  for (const filesystem of filesystems) {
    const isFuller =
      fullest === null ||
      isWorse(filesystem.level, fullest.level) ||
      (filesystem.level === fullest.level && (usedPercent(filesystem) ?? -1) > (usedPercent(fullest) ?? -1));
    if (isFuller) fullest = filesystem;
  }
  return fullest;
}

/** Milliseconds a request took, by what a person notices. */
export function awaitTone(ms: number | null): Tone | undefined {
  if (ms === null) return undefined;
  return ms >= 1000 ? 'danger' : ms >= 100 ? 'warning' : undefined;
}
