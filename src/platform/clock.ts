/** The clock port on a real system. */
import { performance } from 'node:perf_hooks';
import { hrtime } from 'node:process';
import type { Clock } from './ports.ts';

/** performance.now() counts from the start of the program and is cheaper to ask than hrtime. */
const startedAtMs = Number(hrtime.bigint()) / 1e6 - performance.now();

export const systemClock: Clock = {
  now: () => Date.now(),
  /** CLOCK_MONOTONIC, in whole microseconds: more is noise, and costs a recording 8 % of its size. */
  monotonic: () => Math.round((startedAtMs + performance.now()) * 1000) / 1000,
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
