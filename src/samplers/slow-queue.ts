/**
 * The queue for reads that may block (command lines, environments, links): a few at a time, urgent ones
 * first, bounded, so that a process that hangs in the kernel costs a slot and never a tick. The reads
 * themselves have a deadline, so every slot comes back.
 */

export interface SlowQueue {
  /** Runs `work` when a slot is free; a job with a key already waiting or running is not taken twice. */
  add(key: string, urgent: boolean, work: () => Promise<void>): void;
  readonly waiting: number;
  /** Resolves when nothing waits or runs: for snapshots and tests. */
  idle(): Promise<void>;
  /** Throws what a job threw since the last call: a bug of ours, which must not get lost in a promise. */
  rethrow(): void;
}

type Job = () => Promise<void>;

const slots = 2;
/** Of each kind; what is refused is asked for again by who wants it. */
const longest = 128;

export function createSlowQueue(): SlowQueue {
  const urgentJobs = new Map<string, Job>();
  const otherJobs = new Map<string, Job>();
  const running = new Set<string>();
  let urgentInARow = 0;
  let broken: { readonly error: unknown } | null = null;
  const watchers: (() => void)[] = [];

  /** Urgent ones first, but every eighth turn is for the others: a storm of builds must not starve them. */
  function take(): [string, Job] | null {
    const fair = urgentInARow >= 7 && otherJobs.size > 0;
    const from = urgentJobs.size > 0 && !fair ? urgentJobs : otherJobs;
    const [first] = from;
    if (first === undefined) return null;
    from.delete(first[0]);
    urgentInARow = from === urgentJobs ? urgentInARow + 1 : 0;
    return first;
  }

  async function run(key: string, work: Job): Promise<void> {
    try {
      await work();
    } catch (error) {
      broken ??= { error };
    }
    running.delete(key);
    next();
  }

  function next(): void {
    while (running.size < slots) {
      const job = take();
      if (job === null) break;
      const [key, work] = job;
      running.add(key);
      void run(key, work);
    }
    if (running.size > 0 || urgentJobs.size > 0 || otherJobs.size > 0) return;
    for (const done of watchers.splice(0)) done();
  }

  return {
    add(key, urgent, work) {
      const jobs = urgent ? urgentJobs : otherJobs;
      if (urgentJobs.has(key) || otherJobs.has(key) || running.has(key) || jobs.size >= longest) return;
      jobs.set(key, work);
      next();
    },
    get waiting() {
      return urgentJobs.size + otherJobs.size + running.size;
    },
    idle() {
      return new Promise((resolve) => {
        if (running.size === 0 && urgentJobs.size === 0 && otherJobs.size === 0) resolve();
        else watchers.push(resolve);
      });
    },
    rethrow() {
      if (broken === null) return;
      const { error } = broken;
      broken = null;
      throw error;
    },
  };
}
