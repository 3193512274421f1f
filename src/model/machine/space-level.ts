/** When a file system is too full: by share, by what is left, and by inodes. */

import type { Filesystem, Level, ShortageCause } from '../model.ts';
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

/** Hysteresis of each file system, by mount point. */
export type SpaceLevels = ReadonlyMap<string, LevelState>;

export function nextSpaceLevels(
  filesystems: readonly Filesystem[],
  before: SpaceLevels,
  atMs: number,
): SpaceLevels {
  const levels = new Map<string, LevelState>();
  for (const filesystem of filesystems) {
    if (levels.has(filesystem.mountPoint)) continue;
    const last = before.get(filesystem.mountPoint) ?? calm;
    const held = levelOf(filesystem, 1 / leaveShare);
    levels.set(filesystem.mountPoint, nextLevel(last, levelOf(filesystem, 1), held, atMs));
  }
  return levels;
}

/** How full each is now. Unchanged rows are kept. */
export function withLevels(filesystems: readonly Filesystem[], levels: SpaceLevels): readonly Filesystem[] {
  const levelOf = ({ mountPoint }: Filesystem) => levels.get(mountPoint)?.level ?? 'ok';
  if (filesystems.every((filesystem) => filesystem.level === levelOf(filesystem))) return filesystems;
  return filesystems.map((filesystem) => {
    const level = levelOf(filesystem);
    return filesystem.level === level ? filesystem : { ...filesystem, level };
  });
}

/** How full it is at this moment, whatever it was before. */
export function spaceLevel(filesystem: Filesystem): Level {
  return levelOf(filesystem, 1);
}

function levelOf(filesystem: Filesystem, slack: number): Level {
  if (images.has(filesystem.type)) return 'ok';
  if (isBelow(filesystem, critical, slack)) return 'critical';
  return isBelow(filesystem, warning, slack) ? 'warning' : 'ok';
}

function isBelow(filesystem: Filesystem, limits: Limits, slack: number): boolean {
  return hasFewInodes(filesystem, limits, slack) || hasFewBytes(filesystem, limits, slack);
}

function hasFewInodes({ freeInodesPercent }: Filesystem, limits: Limits, slack: number): boolean {
  return freeInodesPercent !== null && freeInodesPercent < limits.inodesPercent * slack;
}

function hasFewBytes(filesystem: Filesystem, limits: Limits, slack: number): boolean {
  const { totalBytes: total, availableBytes: available } = filesystem;
  if (total === null || available === null || total === 0) return false;
  if (available < total * limits.share * slack && available < limits.plentyBytes * slack) return true;
  return available < limits.leastBytes * slack && available < total * largeShare;
}

/** Used share in percent of what users may use. */
export function usedPercent({ totalBytes, availableBytes }: Filesystem): number | null {
  if (totalBytes === null || availableBytes === null || totalBytes <= 0) return null;
  return Math.min(100, Math.max(0, (1 - availableBytes / totalBytes) * 100));
}

/** Inodes where those run out, else bytes. */
export function filesystemCause(filesystem: Filesystem): ShortageCause {
  const { path, availableBytes, freeInodesPercent } = filesystem;
  const used = usedPercent(filesystem);
  const held = 1 / leaveShare;
  const byInodes =
    hasFewInodes(filesystem, warning, 1) ||
    (hasFewInodes(filesystem, warning, held) && !hasFewBytes(filesystem, warning, held));
  return byInodes || used === null || availableBytes === null
    ? { kind: 'inodes', path, freeInodesPercent: freeInodesPercent ?? 0 }
    : { kind: 'space', path, usedPercent: used, availableBytes };
}
