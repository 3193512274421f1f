/** How long requests to disks waited, over the last ten seconds: one slow request of a quiet disk is no bad disk. */
import type { Disk, Model } from '../model/model.ts';

interface Spell {
  readonly fromMs: number;
  readonly toMs: number;
  readonly requests: number;
  /** Of all of them together. */
  readonly waitedMs: number;
}

/** By device, what the last seconds brought. */
export type DiskSpells = ReadonlyMap<string, readonly Spell[]>;

export interface SlowDisk {
  readonly device: string;
  readonly awaitMs: number;
  /** Nothing has finished for so long. */
  readonly stalled: boolean;
}

const windowMs = 10_000;
/** Fewer say nothing of the disk. */
const leastRequests = 10;
/** Shorter ones are between two requests. */
const leastStallSec = 1;

/** `fromMs`: when the disks were read before. Monotonic ms. */
export function nextSpells(
  before: DiskSpells,
  { disks }: Pick<Model, 'disks'>,
  fromMs: number,
  toMs: number,
): DiskSpells {
  const next = new Map<string, readonly Spell[]>();
  for (const disk of judged(disks)) {
    const kept = (before.get(disk.device) ?? []).filter((spell) => toMs - spell.fromMs <= windowMs);
    next.set(disk.device, [...kept, spellOf(disk, fromMs, toMs)]);
  }
  return next;
}

/** The slowest that was asked for enough; null: none was. */
export function slowestDisk({ disks }: Pick<Model, 'disks'>, spells: DiskSpells): SlowDisk | null {
  let slowest: SlowDisk | null = null;
  for (const { device, stalledSec } of judged(disks)) {
    const of = spells.get(device) ?? [];
    const requests = of.reduce((all, one) => all + one.requests, 0);
    const waitedMs = of.reduce((all, one) => all + one.waitedMs, 0);
    const meanMs = requests < leastRequests ? null : waitedMs / requests;
    const stalledMs = stalledSec !== null && stalledSec >= leastStallSec ? stalledSec * 1000 : null;
    if (meanMs === null && stalledMs === null) continue;
    const awaitMs = Math.max(meanMs ?? 0, stalledMs ?? 0);
    if (slowest === null || awaitMs > slowest.awaitMs)
      slowest = { device, awaitMs, stalled: stalledMs !== null && stalledMs >= (meanMs ?? 0) };
  }
  return slowest;
}

/** Those that carry what a rebuild needs; where nobody knows, all of them. */
function judged(disks: readonly Disk[]): readonly Disk[] {
  const carrying = disks.filter(({ carries }) => carries.length > 0);
  return carrying.length > 0 ? carrying : disks;
}

function spellOf(disk: Disk, fromMs: number, toMs: number): Spell {
  const seconds = (toMs - fromMs) / 1000;
  const reads = (disk.readsPerSec ?? 0) * seconds;
  const writes = (disk.writesPerSec ?? 0) * seconds;
  const waitedMs = (disk.readAwaitMs ?? 0) * reads + (disk.writeAwaitMs ?? 0) * writes;
  return { fromMs, toMs, requests: reads + writes, waitedMs };
}
