/** How long it takes from one Sample to the next. */
import type { Place } from './reel.ts';

/** What lies further apart is passed over. */
const longestGapMs = 10_000;
/** Recorded time that a gap takes. */
const gapTakesMs = 1000;

/** Recorded time as it is played, ms, and how much was passed over; 0: nothing. */
export function distance(from: Place, to: Place): { readonly ms: number; readonly gapMs: number } {
  const monotonicMs = to.sample.monotonicMs - from.sample.monotonicMs;
  const wallMs = to.sample.timeMs - from.sample.timeMs;
  const ms = from.run === to.run && monotonicMs > 0 ? monotonicMs : Math.max(0, wallMs);
  // A suspend does not count for the monotonic clock, and is worth a word all the same.
  const gapMs = Math.max(ms, from.run === to.run ? wallMs : 0);
  return gapMs > longestGapMs ? { ms: Math.min(ms, gapTakesMs), gapMs } : { ms, gapMs: 0 };
}
