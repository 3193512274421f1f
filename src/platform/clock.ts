/** The clock port on a real system. */
import { hrtime } from 'node:process';
import type { Clock } from './ports.ts';

export const systemClock: Clock = {
  now: () => Date.now(),
  /**
   * CLOCK_MONOTONIC, in whole microseconds: more is noise, and costs a recording 8 % of its size. performance.now() asks
   * the same, and loads ten modules of Node first.
   */
  monotonic() {
    const [seconds, nanoseconds] = hrtime();
    return seconds * 1000 + Math.round(nanoseconds / 1000) / 1000;
  },
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
