/** A reading that takes its time (a process is started for it): begun in one tick, given in a later one. */
import { fail, ok } from '../base/problem.ts';
import type { Reading } from '../model/sample.ts';
import type { Clock } from '../platform/ports.ts';

export interface ReadAhead<T> {
  /** What has arrived since the last call, and begins the next read when it is due. */
  take(): Reading<T> | undefined;
  close(): void;
}

/** A read that rejects is a Problem of `where`; one that never comes back costs nothing but its answer. */
export function readAhead<T>(
  clock: Clock,
  where: string,
  everyMs: number,
  read: () => Promise<T>,
): ReadAhead<T> {
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let underWay = false;
  let closed = false;
  let arrived: Reading<T> | undefined;

  function begin(): void {
    const now = clock.monotonic();
    if (closed || underWay || now - startedAtMs < everyMs) return;
    startedAtMs = now;
    underWay = true;
    void read()
      .then(ok<T>, (error: unknown) =>
        fail('unsupported', where, error instanceof Error ? error.message : undefined),
      )
      .then((result) => {
        underWay = false;
        arrived = { atMs: clock.monotonic(), ...result };
      });
  }

  return {
    take() {
      begin();
      const reading = arrived;
      arrived = undefined;
      return reading;
    },
    close() {
      closed = true;
    },
  };
}
