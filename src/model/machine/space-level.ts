/** When a file system is too full: by share, by what is left, and by inodes. */

import { bytesText } from '../../base/bytes.ts';
import type { Filesystem, Level } from '../model.ts';
import { calm, type LevelState, leaveShare, nextLevel } from './level.ts';

const GiB = 1024 ** 3;

interface Limits {
  /** Less than this share is too little, unless it is still more than `plentyBytes`. */
  readonly share: number;
  readonly plentyBytes: number;
  /** Less than this is too little, unless the whole is so small that it is a large share of it. */
  readonly leastBytes: number;
  readonly inodesPercent: number;
}
const warning: Limits = { share: 0.05, plentyBytes: 50 * GiB, leastBytes: GiB, inodesPercent: 3 };
const critical: Limits = { share: 0.01, plentyBytes: 10 * GiB, leastBytes: GiB / 10, inodesPercent: 0.5 };
/** A small tmpfs of which this much is free is not full. */
const largeShare = 0.2;
/** Full by design. */
const images = new Set(['squashfs', 'iso9660', 'erofs', 'cramfs', 'udf']);

export function filesystemLevel(
  filesystem: Filesystem,
  before: LevelState | undefined,
  atMs: number,
): LevelState {
  return nextLevel(before ?? calm, levelOf(filesystem, 1), levelOf(filesystem, 1 / leaveShare), atMs);
}

function levelOf(filesystem: Filesystem, slack: number): Level {
  if (images.has(filesystem.type)) return 'ok';
  if (isBelow(filesystem, critical, slack)) return 'critical';
  return isBelow(filesystem, warning, slack) ? 'warning' : 'ok';
}

function isBelow(filesystem: Filesystem, limits: Limits, slack: number): boolean {
  const { totalBytes: total, availableBytes: available, freeInodesPercent } = filesystem;
  if (freeInodesPercent !== null && freeInodesPercent < limits.inodesPercent * slack) return true;
  if (total === null || available === null || total === 0) return false;
  if (available < total * limits.share * slack && available < limits.plentyBytes * slack) return true;
  return available < limits.leastBytes * slack && available < total * largeShare;
}

/** `/nix 99% used, 410 MB free`, or `/nix 1% of inodes free` where those run out first. */
export function filesystemText(filesystem: Filesystem): string {
  const { path, totalBytes, availableBytes, freeInodesPercent } = filesystem;
  const inodesLow = freeInodesPercent !== null && freeInodesPercent < warning.inodesPercent;
  if (inodesLow || totalBytes === null || availableBytes === null || totalBytes === 0)
    return `${path} ${Math.floor(freeInodesPercent ?? 0)}% of inodes free`;
  const used = Math.floor(100 * (1 - availableBytes / totalBytes));
  return `${path} ${used}% used, ${bytesText(availableBytes)} free`;
}
