/**
 * Keeps the heap small while all is well: what is not there cannot be swapped out. Never while overloaded, for the
 * collector touches all of it. docs/decisions/0011.
 */
import type { Clock } from '../platform/ports.ts';

export interface Housekeeping {
  /** With a tick; `calm`: nothing is short and we are on time. */
  tick(calm: boolean): void;
}

/** The garbage of so many ticks is a few MB. */
const everyMs = 30_000;

export function createHousekeeping(clock: Pick<Clock, 'monotonic'>, collect: () => void): Housekeeping {
  let lastMs = clock.monotonic();
  return {
    tick(calm) {
      const nowMs = clock.monotonic();
      if (!calm || nowMs - lastMs < everyMs) return;
      lastMs = nowMs;
      collect();
    },
  };
}
