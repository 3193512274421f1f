/** What is short now: pressure levels, stalled disks and full file systems as one list, worst first. */

import type { Cgroup, Disk, Model, Pressure, Shortage, ShortageCause } from '../model.ts';
import { pressureCause } from './derive-pressure.ts';
import { isWorse, type LevelState } from './level.ts';
import { filesystemCause, type SpaceLevels } from './space-level.ts';

/** From here on a disk that answers nothing is critical. */
const stalledCriticalSec = 2;

/** The disk that has stalled longest among those that carry a path of interest or swap. */
export function stalledDisk(disks: readonly Disk[]): Disk | null {
  let worst: Disk | null = null;
  for (const disk of disks) {
    if (disk.carries.length === 0 || (disk.stalledSec ?? 0) < stalledCriticalSec) continue;
    if (worst === null || (disk.stalledSec ?? 0) > (worst.stalledSec ?? 0)) worst = disk;
  }
  return worst;
}

/** Memory first: under thrashing io and cpu look bad too, and memory is why. Then io, space, cpu. */
const order: readonly Shortage['resource'][] = ['memory', 'io', 'space', 'cpu'];

export function deriveShortages(
  { pressure, disks, filesystems, cgroups }: Pick<Model, 'pressure' | 'disks' | 'filesystems' | 'cgroups'>,
  spaceLevels: SpaceLevels,
  atMs: number,
): readonly Shortage[] {
  const { memory, cpu, irq } = pressure;
  const byMount = new Map(filesystems.toReversed().map((row) => [row.mountPoint, row]));
  const shortages = [
    shortageOf('memory', memoryCause(memory, cgroups), memory, atMs),
    ioShortage(pressure.io, stalledDisk(disks), atMs),
    shortageOf('cpu', pressureCause('cpu', cpu), cpu, atMs) ??
      shortageOf('cpu', pressureCause('irq', irq), irq, atMs),
    ...Array.from(spaceLevels, ([mountPoint, state]) => {
      const filesystem = byMount.get(mountPoint);
      return filesystem === undefined ? null : shortageOf('space', filesystemCause(filesystem), state, atMs);
    }),
  ].filter((shortage) => shortage !== null);
  return shortages.sort((a, b) =>
    a.level === b.level
      ? order.indexOf(a.resource) - order.indexOf(b.resource)
      : isWorse(a.level, b.level)
        ? -1
        : 1,
  );
}

/** The kernel's pressure is the machine's, and where a cgroup meets its limit it may have memory to spare. */
function memoryCause(memory: Pressure, cgroups: readonly Cgroup[]): ShortageCause {
  const cause = pressureCause('memory', memory);
  const met = cgroups.find(({ metBytes }) => metBytes !== null);
  if (met === undefined || met.metBytes === null) return cause;
  const { line, percent } = cause;
  return { kind: 'limit', resource: 'memory', line, percent, cgroup: met.path, limitBytes: met.metBytes };
}

function shortageOf(
  resource: Shortage['resource'],
  cause: ShortageCause,
  { level, sinceMs, levelSinceMs }: Pick<LevelState, 'level' | 'sinceMs' | 'levelSinceMs'>,
  atMs: number,
): Shortage | null {
  if (level === 'ok') return null;
  return { resource, level, cause, sinceMs: sinceMs ?? atMs, levelSinceMs: levelSinceMs ?? atMs };
}

function ioShortage(io: Pressure, stalled: Disk | null, atMs: number): Shortage | null {
  if (stalled === null) {
    const isKnown = io.some !== null || io.full !== null;
    const cause: ShortageCause = isKnown
      ? pressureCause('io', io)
      : { kind: 'stall', device: null, stalledSec: null };
    return shortageOf('io', cause, io, atMs);
  }
  const { device } = stalled;
  const stalledSec = stalled.stalledSec ?? 0;
  const stalledMs = atMs - stalledSec * 1000;
  const sinceMs = io.sinceMs ?? stalledMs;
  const levelSinceMs = (io.level === 'critical' ? io.levelSinceMs : null) ?? stalledMs;
  return shortageOf(
    'io',
    { kind: 'stall', device, stalledSec },
    { level: 'critical', sinceMs, levelSinceMs },
    atMs,
  );
}

/** The old list when nothing in it changed, so that what is drawn from it is not drawn again. */
export function sameShortages(a: readonly Shortage[], b: readonly Shortage[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
