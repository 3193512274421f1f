/** A clock that stands still until a test advances it, and then runs what is due in order. */
import type { Clock } from '../../src/platform/ports.ts';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly call: () => void;
}

export interface FakeClock extends Clock {
  /** Moves both clocks on, running due timers in order of time, then of creation. */
  advance(ms: number): void;
  /** Moves the monotonic clock on without running timers: a process that was not scheduled. */
  stall(ms: number): void;
  /** Moves only the wall clock: NTP, a user with `date`. */
  jump(ms: number): void;
  /** Timers waiting. */
  readonly pending: number;
}

export function createFakeClock(start: { now?: number; monotonic?: number } = {}): FakeClock {
  let wall = start.now ?? Date.UTC(2026, 10, 20, 13, 28, 1);
  let mono = start.monotonic ?? 1000;
  let created = 0;
  let timers: Timer[] = [];

  function nextDue(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) {
      if (timer.at > until) continue;
      if (!first || timer.at < first.at || (timer.at === first.at && timer.order < first.order))
        first = timer;
    }
    return first;
  }

  function moveTo(at: number): void {
    if (at <= mono) return;
    wall += at - mono;
    mono = at;
  }

  return {
    now: () => wall,
    monotonic: () => mono,
    after(ms, call) {
      created += 1;
      const timer: Timer = { at: mono + Math.max(0, ms), order: created, call };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
    advance(ms) {
      const until = mono + ms;
      for (let due = nextDue(until); due; due = nextDue(until)) {
        const timer = due;
        timers = timers.filter((other) => other !== timer);
        moveTo(timer.at);
        timer.call();
      }
      moveTo(until);
    },
    stall(ms) {
      moveTo(mono + ms);
    },
    jump(ms) {
      wall += ms;
    },
    get pending() {
      return timers.length;
    },
  };
}
