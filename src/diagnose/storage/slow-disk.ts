/** A disk that takes seconds for each of a handful of small requests: not what one does that has much to do. */
import type { Disk } from '../../model/model.ts';
import type { Thresholds } from '../thresholds.ts';

export interface SlowWindows {
  /** Of the last ones that are over, whether each was slow. */
  readonly over: readonly boolean[];
  /** Monotonic ms of the begin of the one that is not, and its looks. */
  readonly fromMs: number;
  readonly atMs: number;
  readonly looks: number;
  readonly slow: number;
  /** Of the last slow look that finished a request. */
  readonly awaitSec: number | null;
  /** The spell without a look that is not slow. Null: this one is not. */
  readonly spell: SlowSpell | null;
}

interface SlowSpell {
  /** Monotonic ms of the last look before it: what this look tells of began then. */
  readonly fromMs: number;
  /** Of the requests of one look in it, the longest; null: none was finished. */
  readonly awaitSec: number | null;
}

const windows = 3;
const slowWindows = 2;

export function nextWindows(
  before: SlowWindows | undefined,
  disk: Disk,
  atMs: number,
  thresholds: Thresholds,
): SlowWindows {
  const last = before ?? {
    ...{ over: [], fromMs: atMs, atMs: null, looks: 0, slow: 0, awaitSec: null, spell: null },
  };
  if (last.atMs === atMs) return last;
  const over = atMs - last.fromMs >= thresholds.windowSec * 1000;
  const closed = over ? [...last.over, last.slow * 2 > last.looks].slice(-windows) : last.over;
  const awaitMs = slowAwaitMs(disk, thresholds);
  const awaitSec = awaitMs === null || awaitMs === 0 ? null : awaitMs / 1000;
  return {
    over: closed,
    fromMs: over ? atMs : last.fromMs,
    atMs,
    looks: (over ? 0 : last.looks) + 1,
    slow: (over ? 0 : last.slow) + (awaitMs === null ? 0 : 1),
    awaitSec: awaitSec ?? last.awaitSec,
    spell: nextSpell(last, disk, atMs, thresholds),
  };
}

/** One request that was quick beside slow ones does not end it. */
function nextSpell(
  { spell, atMs: lastMs }: { readonly spell: SlowSpell | null; readonly atMs: number | null },
  disk: Disk,
  atMs: number,
  thresholds: Thresholds,
): SlowSpell | null {
  const half = thresholds.slowAwaitSec / (spell === null ? 1 : 2);
  const awaitMs = slowAwaitMs(disk, { ...thresholds, slowAwaitSec: half });
  if (awaitMs === null) return null;
  const longest = Math.max(spell?.awaitSec ?? 0, awaitMs / 1000);
  return { fromMs: spell?.fromMs ?? lastMs ?? atMs, awaitSec: longest > 0 ? longest : null };
}

export interface Slowness {
  /** How long its requests took, in s. */
  readonly awaitSec: number;
  /** `ok`: a spell, as a flush makes one. `warning`: in most of its windows, or a request took as long as a stall. */
  readonly level: 'ok' | 'warning';
}

/** Null: it is not slow. */
export function slownessOf(
  { over, awaitSec, spell, atMs }: SlowWindows,
  thresholds: Thresholds,
): Slowness | null {
  if (awaitSec !== null && over.filter(Boolean).length >= slowWindows) return { awaitSec, level: 'warning' };
  if (spell?.awaitSec == null || spell.awaitSec < thresholds.slowAwaitSec) return null;
  if (atMs - spell.fromMs < thresholds.slowSpellSec * 1000) return null;
  // Had it been alone on the disk, a stall would have been told.
  return { awaitSec: spell.awaitSec, level: spell.awaitSec >= thresholds.stallSec ? 'warning' : 'ok' };
}

export function requestsPerSec({ readsPerSec, writesPerSec }: Disk): number {
  return (readsPerSec ?? 0) + (writesPerSec ?? 0);
}

/** Null: this look is none of a slow disk; 0: it waits and has finished nothing. */
function slowAwaitMs(disk: Disk, { slowAwaitSec, slowPerSec, slowBytes }: Thresholds): number | null {
  const { readAwaitMs, writeAwaitMs, readBytesPerSec, writeBytesPerSec, readsPerSec, inFlight } = disk;
  // At its first look nobody knows how many it finishes.
  if (readsPerSec === null) return null;
  const perSec = requestsPerSec(disk);
  const bytesPerSec = (readBytesPerSec ?? 0) + (writeBytesPerSec ?? 0);
  // A cheap stick or card under load waits for seconds as well, behind a long queue that it works off.
  if (perSec >= slowPerSec || bytesPerSec >= slowBytes) return null;
  const awaitMs = Math.max(readAwaitMs ?? 0, writeAwaitMs ?? 0);
  if (awaitMs >= slowAwaitSec * 1000) return awaitMs;
  return perSec === 0 && (inFlight ?? 0) > 0 ? 0 : null;
}
