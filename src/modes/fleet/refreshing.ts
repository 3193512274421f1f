/** Asks again and again, one question at a time: the next one some time after the last began, and never at once. */
import type { Result } from '../../base/problem.ts';
import type { Fleet } from '../../model/fleet/machine.ts';
import type { Clock } from '../../platform/ports.ts';

export interface RefreshingOptions {
  readonly clock: Clock;
  readonly everyMs: number;
  ask(cancelled: AbortSignal): Promise<Result<Fleet>>;
  began(): void;
  ended(result: Result<Fleet>): void;
  /** Each second, whether somebody is asked or not: ages grow. */
  ticked(): void;
}

export interface Refreshing {
  /** Asks at once, and again from then on. */
  start(): void;
  /** Nothing begins any more; what is asked comes to its end. */
  stop(): void;
  /** Now, unless it is under way. */
  now(): void;
  /** What is asked is given up. */
  end(): void;
}

const tickMs = 1000;
/** Between an answer that came late and the next question. */
const leastRestMs = 1000;

export function createRefreshing({
  clock,
  everyMs,
  ask,
  began,
  ended,
  ticked,
}: RefreshingOptions): Refreshing {
  const stop = new AbortController();
  let runs = false;
  let isAsking = false;
  let cancelNext = () => {};
  let cancelTick = () => {};

  async function askNow(): Promise<void> {
    if (isAsking || stop.signal.aborted) return;
    cancelNext();
    isAsking = true;
    const beganMs = clock.monotonic();
    began();
    const result = await ask(stop.signal);
    isAsking = false;
    if (stop.signal.aborted) return;
    ended(result);
    const restMs = Math.max(leastRestMs, beganMs + everyMs - clock.monotonic());
    if (runs) cancelNext = clock.after(restMs, () => void askNow());
  }

  function tick(): void {
    cancelTick = clock.after(tickMs, () => {
      ticked();
      tick();
    });
  }

  function rest(): void {
    runs = false;
    cancelNext();
    cancelTick();
  }

  return {
    start() {
      rest();
      runs = true;
      tick();
      void askNow();
    },
    stop: rest,
    now: () => void askNow(),
    end() {
      rest();
      stop.abort();
    },
  };
}
