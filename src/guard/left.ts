/** What is left of memory: what is available, what ZFS gives back, and what swap can take. */
import type { Memory } from '../model/model.ts';

export interface Left {
  /** Until nothing is left. */
  readonly bytes: number;
  /** The same of all there is, swap included. */
  readonly percent: number;
  /** MemAvailable of MemTotal alone. */
  readonly availablePercent: number;
}

/** Null: it is not known. */
export function leftOf({
  totalBytes,
  availableBytes,
  swapTotalBytes,
  swapUsedBytes,
  zramRatio,
  arcBytes,
  arcMinBytes,
}: Memory): Left | null {
  if (totalBytes === null || availableBytes === null || totalBytes <= 0) return null;
  // It counts as used, and shrinks when somebody asks for memory.
  const arc = arcBytes === null ? 0 : Math.max(0, arcBytes - (arcMinBytes ?? arcBytes));
  const swapFree =
    swapTotalBytes === null ? 0 : Math.max(0, swapTotalBytes - (swapUsedBytes ?? swapTotalBytes));
  // Swap in compressed memory takes memory: what it gains is what compression saves, at most half of what is available.
  const gains = zramRatio === null ? 1 : Math.max(0, 1 - 1 / Math.max(1, zramRatio));
  const swap = zramRatio === null ? swapFree : Math.min(swapFree * gains, availableBytes);
  const bytes = Math.max(0, Math.min(totalBytes, availableBytes + arc)) + swap;
  const whole = totalBytes + (swapTotalBytes ?? 0) * gains;
  return {
    bytes,
    percent: (100 * bytes) / whole,
    availablePercent: (100 * Math.max(0, availableBytes)) / totalBytes,
  };
}
