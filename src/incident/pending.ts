/** What was recorded beside Samples, until the Models have come to its time: handed out in order, each once. */
import type { RecordedEvent } from '../model/past/recorded.ts';

export interface Pending {
  add(event: RecordedEvent): void;
  /** Up to this time, Unix ms, inclusive. */
  take(untilMs: number): readonly RecordedEvent[];
}

export function createPending(): Pending {
  /** The earliest last. */
  let waiting: RecordedEvent[] = [];
  let isSorted = true;
  return {
    add(event) {
      waiting.push(event);
      isSorted = false;
    },
    take(untilMs) {
      if (!isSorted) waiting = waiting.toSorted((a, b) => b.timeMs - a.timeMs);
      isSorted = true;
      const due: RecordedEvent[] = [];
      for (let next = waiting.at(-1); next !== undefined && next.timeMs <= untilMs; next = waiting.at(-1)) {
        due.push(next);
        waiting.pop();
      }
      return due;
    },
  };
}
