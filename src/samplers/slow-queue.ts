/**
 * The queue for reads that may block (command lines, environments, links): a few at a time, urgent ones
 * first, bounded, so that a process that hangs in the kernel costs a slot and never a tick.
 */

export interface SlowQueue {
  /** Runs `work` when a slot is free; a job with a key already waiting or running is not taken twice. */
  add(key: string, urgent: boolean, work: () => Promise<void>): void;
  readonly waiting: number;
  /** Resolves when nothing waits or runs: for snapshots and tests. */
  idle(): Promise<void>;
}

const slots = 2;
const longest = 128;

export function createSlowQueue(): SlowQueue {
  const waiting = new Map<string, () => Promise<void>>();
  const urgentKeys: string[] = [];
  const running = new Set<string>();
  let watchers: (() => void)[] = [];

  function next(): void {
    while (running.size < slots) {
      const key = urgentKeys.shift() ?? waiting.keys().next().value;
      if (key === undefined) break;
      const work = waiting.get(key);
      if (work === undefined) continue;
      waiting.delete(key);
      running.add(key);
      void work().finally(() => {
        running.delete(key);
        next();
      });
    }
    if (running.size > 0 || waiting.size > 0) return;
    for (const done of watchers) done();
    watchers = [];
  }

  return {
    add(key, urgent, work) {
      if (waiting.has(key) || running.has(key) || (waiting.size >= longest && !urgent)) return;
      waiting.set(key, work);
      if (urgent) urgentKeys.push(key);
      next();
    },
    get waiting() {
      return waiting.size + running.size;
    },
    idle() {
      return new Promise((resolve) => {
        if (running.size === 0 && waiting.size === 0) resolve();
        else watchers.push(resolve);
      });
    },
  };
}
