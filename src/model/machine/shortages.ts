/** What is short now: pressure levels, stalled disks and full file systems as one list, worst first. */

import type { Disk, Filesystem, Level, Model, Pressure, Shortage } from '../model.ts';
import { pressureText } from './derive-pressure.ts';
import { isWorse, type LevelState } from './level.ts';
import { filesystemLevel, filesystemText } from './space-level.ts';

/** Hysteresis of each file system, by mount point. */
export type SpaceLevels = ReadonlyMap<string, LevelState>;

/** From here on a disk that answers nothing is critical. */
export const stalledCriticalSec = 2;

/** The disk that has stalled longest among those that carry a path of interest or swap. */
export function stalledDisk(disks: readonly Disk[]): Disk | null {
  let worst: Disk | null = null;
  for (const disk of disks) {
    if (disk.carries.length === 0 || (disk.stalledSec ?? 0) < stalledCriticalSec) continue;
    if (worst === null || (disk.stalledSec ?? 0) > (worst.stalledSec ?? 0)) worst = disk;
  }
  return worst;
}

export function nextSpaceLevels(
  filesystems: readonly Filesystem[],
  before: SpaceLevels,
  atMs: number,
): SpaceLevels {
  const levels = new Map<string, LevelState>();
  for (const filesystem of filesystems) {
    if (levels.has(filesystem.mountPoint)) continue;
    levels.set(filesystem.mountPoint, filesystemLevel(filesystem, before.get(filesystem.mountPoint), atMs));
  }
  return levels;
}

/** Memory first: under thrashing io and cpu look bad too, and memory is why. Then io, space, cpu. */
const order: readonly Shortage['resource'][] = ['memory', 'io', 'space', 'cpu'];

export function deriveShortages(
  { pressure, disks, filesystems }: Pick<Model, 'pressure' | 'disks' | 'filesystems'>,
  spaceLevels: SpaceLevels,
  atMs: number,
): readonly Shortage[] {
  const shortages: Shortage[] = [];
  const add: Add = (resource, level, text, { sinceMs, levelSinceMs }) => {
    if (level === 'ok') return;
    shortages.push({
      resource,
      level,
      text,
      sinceMs: sinceMs ?? atMs,
      levelSinceMs: levelSinceMs ?? atMs,
    });
  };
  const byPressure = (resource: 'memory' | 'cpu', of: Pressure): void =>
    add(resource, of.level, pressureText(resource, of), of);

  byPressure('memory', pressure.memory);
  addIo(pressure.io, stalledDisk(disks), atMs, add);
  byPressure('cpu', pressure.cpu);
  if (pressure.cpu.level === 'ok')
    add('cpu', pressure.irq.level, `interrupts ${pressureText('irq', pressure.irq)}`, pressure.irq);

  const told = new Set<string>();
  for (const filesystem of filesystems) {
    const state = spaceLevels.get(filesystem.mountPoint);
    if (state === undefined || told.has(filesystem.mountPoint)) continue;
    told.add(filesystem.mountPoint);
    add('space', state.level, filesystemText(filesystem), state);
  }
  return shortages.sort((a, b) =>
    a.level === b.level
      ? order.indexOf(a.resource) - order.indexOf(b.resource)
      : isWorse(a.level, b.level)
        ? -1
        : 1,
  );
}

type Add = (
  resource: Shortage['resource'],
  level: Level,
  text: string,
  since: Pick<LevelState, 'sinceMs' | 'levelSinceMs'>,
) => void;

function addIo(io: Pressure, stalled: Disk | null, atMs: number, add: Add): void {
  if (stalled === null) {
    const known = io.some !== null || io.full !== null;
    add('io', io.level, known ? pressureText('io', io) : 'a disk stalled', io);
    return;
  }
  const seconds = stalled.stalledSec ?? 0;
  const text = `${stalled.device} STALLED ${seconds.toFixed(1)}s`;
  const stalledMs = atMs - seconds * 1000;
  const criticalMs = io.level === 'critical' ? io.levelSinceMs : null;
  add('io', 'critical', text, { sinceMs: io.sinceMs ?? stalledMs, levelSinceMs: criticalMs ?? stalledMs });
}

/** The old list when nothing in it changed, so that what is drawn from it is not drawn again. */
export function sameShortages(a: readonly Shortage[], b: readonly Shortage[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((shortage, i) => {
    const other = b[i];
    return (
      other !== undefined &&
      shortage.resource === other.resource &&
      shortage.level === other.level &&
      shortage.text === other.text &&
      shortage.sinceMs === other.sinceMs &&
      shortage.levelSinceMs === other.levelSinceMs
    );
  });
}
