/** Calls on the pool that have not come back: for the way out, which must not wait for them. */
import type { Clock } from './ports.ts';

/** A call that has not come back for so long may never do. */
const stuckMs = 1000;

export interface UnderWay {
  /** Gives what to call when it has come back. */
  begin(): () => void;
  /** How many have not come back for a second. */
  readonly stuck: number;
}

export function createUnderWay(clock: Pick<Clock, 'monotonic'>): UnderWay {
  const begun = new Set<{ readonly atMs: number }>();
  return {
    begin() {
      const call = { atMs: clock.monotonic() };
      begun.add(call);
      return () => begun.delete(call);
    },
    get stuck() {
      const sinceMs = clock.monotonic() - stuckMs;
      return Array.from(begun).filter(({ atMs }) => atMs <= sinceMs).length;
    },
  };
}
