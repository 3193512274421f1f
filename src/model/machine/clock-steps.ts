/** Suspends and clock changes, told from how the three clocks run apart: monotonic, boot time, wall. */
import type { ModelEvent } from '../model.ts';

/** One difference of two clocks: where it was, and a step that the next reading must confirm. */
interface Offset {
  readonly baseMs: number;
  readonly candidateMs: number | null;
}
export interface ClockCarry {
  /** Boot time (counts suspend) less monotonic (does not). */
  readonly suspended: Offset | null;
  /** Wall clock less boot time. */
  readonly wall: Offset;
}

/** Less is drift, NTP's slewing, or a reading that was scheduled late. */
const leastStepMs = 2000;

export interface Clocks {
  readonly timeMs: number;
  readonly monotonicMs: number;
  /** /proc/uptime and the monotonic time at which it was read; null where there is none. */
  readonly uptime: { readonly sec: number; readonly atMs: number } | null;
}

export function followClocks(
  now: Clocks,
  before: ClockCarry | null,
): { readonly carry: ClockCarry; readonly events: readonly ModelEvent[] } {
  const bootMs = now.uptime === null ? null : now.uptime.sec * 1000 - now.uptime.atMs;
  const wallMs = now.timeMs - now.monotonicMs - (bootMs ?? 0);
  const events: ModelEvent[] = [];
  const suspended = bootMs === null ? null : step(before?.suspended ?? null, bootMs);
  // Without boot time the wall clock's base is another one: start anew.
  const sameBase = before !== null && (before.suspended === null) === (suspended === null);
  const wall = step(sameBase ? before.wall : null, wallMs);
  if (suspended !== null && suspended.byMs > 0) {
    events.push({ timeMs: now.timeMs, kind: 'suspend', level: 'ok', lengthSec: suspended.byMs / 1000 });
  }
  if (wall.byMs !== 0) {
    const unsure = bootMs === null && wall.byMs > 0;
    events.push({ timeMs: now.timeMs, kind: 'clock-jump', level: 'ok', bySec: wall.byMs / 1000, unsure });
  }
  return { carry: { suspended: suspended?.offset ?? null, wall: wall.offset }, events };
}

/**
 * A step counts when two readings in a row agree on it: on a starved machine a single reading can be
 * seconds late between two clocks. Otherwise the base follows, so that slow drift never adds up.
 */
function step(before: Offset | null, offsetMs: number): { readonly offset: Offset; readonly byMs: number } {
  if (before === null || Math.abs(offsetMs - before.baseMs) < leastStepMs)
    return { offset: { baseMs: offsetMs, candidateMs: null }, byMs: 0 };
  const { baseMs, candidateMs } = before;
  if (candidateMs === null || Math.abs(offsetMs - candidateMs) >= leastStepMs)
    return { offset: { baseMs, candidateMs: offsetMs }, byMs: 0 };
  return { offset: { baseMs: offsetMs, candidateMs: null }, byMs: offsetMs - baseMs };
}
