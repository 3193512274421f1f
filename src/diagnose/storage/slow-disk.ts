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
}

const windows = 3;
const slowWindows = 2;

export function nextWindows(
  before: SlowWindows | undefined,
  disk: Disk,
  atMs: number,
  thresholds: Thresholds,
): SlowWindows {
  const last = before ?? { over: [], fromMs: atMs, atMs: null, looks: 0, slow: 0, awaitSec: null };
  if (last.atMs === atMs) return last;
  const over = atMs - last.fromMs >= thresholds.windowSec * 1000;
  const closed = over ? [...last.over, last.slow * 2 > last.looks].slice(-windows) : last.over;
  const awaitMs = slowAwaitMs(disk, thresholds);
  return {
    over: closed,
    fromMs: over ? atMs : last.fromMs,
    atMs,
    looks: (over ? 0 : last.looks) + 1,
    slow: (over ? 0 : last.slow) + (awaitMs === null ? 0 : 1),
    awaitSec: awaitMs === null || awaitMs === 0 ? last.awaitSec : awaitMs / 1000,
  };
}

/** How long its requests took, in s; null: it is not slow. */
export function slowSec({ over, awaitSec }: SlowWindows): number | null {
  return over.filter(Boolean).length >= slowWindows ? awaitSec : null;
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
