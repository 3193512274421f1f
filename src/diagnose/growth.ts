/**
 * Memory that grows without end. A level alone proves nothing (links take 8 GB), nor does a rate (they take it within a
 * minute): what counts is a large share, for long, without a pause, and how soon nothing is left at this rate.
 */
import type { Growing } from '../model/diagnosis/found-memory.ts';
import type { Level, MemoryMeasure, Model } from '../model/model.ts';
import { pressed } from './pressed.ts';
import type { Thresholds } from './thresholds.ts';

/** What is remembered of one that may grow. Times are monotonic ms. */
export interface Growth {
  readonly measure: MemoryMeasure;
  /** Of the last `growthWindowSec`, oldest first. */
  readonly points: readonly { readonly atMs: number; readonly bytes: number }[];
  /** Since when it has grown without a pause; its last look where it does not. */
  readonly sinceMs: number;
  readonly peakBytes: number;
  /** Over the window, or the last seconds where it is more; null before `growthLeastSec`, and where it does not grow. */
  readonly bytesPerSec: number | null;
  /** What was said of it last, when it was last true, and how fast it was then at most. */
  readonly said: { readonly level: Level; readonly atMs: number; readonly bytesPerSec: number } | null;
}

export interface Measured {
  readonly bytes: number;
  readonly measure: MemoryMeasure;
}

/** The same object where it was not looked at anew. */
export function nextGrowth(
  before: Growth | undefined,
  { bytes, measure }: Measured,
  { model, nowMs, thresholds }: Pick<Look, 'model' | 'nowMs' | 'thresholds'>,
): Growth {
  const point = { atMs: nowMs, bytes };
  if (before === undefined || before.measure !== measure)
    return { measure, points: [point], sinceMs: nowMs, peakBytes: bytes, bytesPerSec: null, said: null };
  const last = before.points.at(-1);
  if (last !== undefined && nowMs <= last.atMs) return before;
  const fromMs = nowMs - thresholds.growthWindowSec * 1000;
  const points = [...before.points.filter(({ atMs }) => atMs >= fromMs), point];
  const recent = points.findLast(({ atMs }) => nowMs - atMs >= thresholds.growthLeastSec * 1000) ?? null;
  const rate =
    recent === null ? null : Math.max(rateSince(points[0] ?? recent, point), rateSince(recent, point));
  // So little that memory would last for an hour is no growth.
  const least = (model.memory.availableBytes ?? 0) / thresholds.leakHorizonSec;
  const grows = rate === null || (rate > 0 && rate >= least);
  const fell = bytes < before.peakBytes * (1 - thresholds.fallPercent / 100);
  const goesOn = grows && !fell;
  return {
    measure,
    points: fell ? [point] : points,
    sinceMs: goesOn ? before.sinceMs : nowMs,
    peakBytes: goesOn ? Math.max(before.peakBytes, bytes) : bytes,
    bytesPerSec: goesOn ? rate : null,
    said: before.said,
  };
}

function rateSince(from: Growth['points'][number], to: Growth['points'][number]): number {
  return ((to.bytes - from.bytes) * 1000) / (to.atMs - from.atMs);
}

interface Look {
  readonly model: Pick<Model, 'memory' | 'shortages'>;
  readonly nowMs: number;
  readonly thresholds: Thresholds;
}

export interface Leak extends Growing {
  readonly level: Level;
  readonly sinceMs: number;
}

/** Null: it does not grow, or not by enough. What was said stays while memory is short, and half a minute longer. */
export function leakOf(growth: Growth, look: Look): { readonly leak: Leak | null; readonly growth: Growth } {
  const { model, nowMs, thresholds } = look;
  const { points, sinceMs, bytesPerSec, said } = growth;
  const bytes = points.at(-1)?.bytes ?? 0;
  const totalBytes = model.memory.totalBytes ?? 0;
  if (totalBytes === 0) return { leak: null, growth };
  const sharePercent = (100 * bytes) / totalBytes;
  const level = sharePercent < thresholds.leakPercent ? null : levelOf(growth, sharePercent, look);
  if (level !== null && bytesPerSec !== null) {
    const untilSec = Math.round((model.memory.availableBytes ?? 0) / bytesPerSec);
    const worst = said?.level === 'critical' && isShort(look) ? 'critical' : level;
    return {
      leak: { ...amounts(bytes, sharePercent, bytesPerSec), untilSec, level: worst, sinceMs },
      growth: {
        ...growth,
        said: { level: worst, atMs: nowMs, bytesPerSec: Math.max(bytesPerSec, said?.bytesPerSec ?? 0) },
      },
    };
  }
  // In a freeze its pages go to swap, and it hardly runs: it seems to rest.
  const holds =
    said !== null &&
    said.level !== 'ok' &&
    (isShort(look) || nowMs - said.atMs < thresholds.pauseSec * 1000) &&
    sharePercent >= thresholds.leakPercent;
  if (!holds) return { leak: null, growth: said === null ? growth : { ...growth, said: null } };
  const { level: before, bytesPerSec: rate, atMs } = said;
  return {
    leak: { ...amounts(bytes, sharePercent, rate), untilSec: null, level: before, sinceMs: atMs },
    growth,
  };
}

function amounts(bytes: number, sharePercent: number, bytesPerSec: number) {
  return {
    residentBytes: bytes,
    sharePercent: Math.round(sharePercent),
    bytesPerMin: Math.round(bytesPerSec * 60),
  };
}

function levelOf({ sinceMs, bytesPerSec }: Growth, sharePercent: number, look: Look): Level | null {
  const { model, nowMs, thresholds } = look;
  const { availableBytes, totalBytes } = model.memory;
  if (bytesPerSec === null || availableBytes === null || totalBytes === null) return null;
  const untilSec = availableBytes / bytesPerSec;
  const large = sharePercent >= thresholds.leakLargePercent;
  if (large && untilSec <= thresholds.leakSoonSec && isShort(look)) return 'critical';
  if (nowMs - sinceMs < thresholds.leakSec * 1000 || untilSec > thresholds.leakHorizonSec) return null;
  const little = availableBytes <= (thresholds.leakLeftPercent / 100) * totalBytes;
  return untilSec <= thresholds.leakUntilSec && little ? 'warning' : 'ok';
}

/** By its pressure, which must not be a cgroup's, or because next to nothing is left. */
function isShort({ model, thresholds }: Look): boolean {
  const { availableBytes, totalBytes } = model.memory;
  if (availableBytes === null || totalBytes === null) return false;
  if (availableBytes <= (thresholds.leakShortPercent / 100) * totalBytes) return true;
  return pressed(model, 'memory') !== undefined;
}
