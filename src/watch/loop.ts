/**
 * The sampling loop: whoever shows something says which source it wants how often; the loop owns the one
 * timer, reads what is due together into one Sample, and hands it on once per tick. Knows no React.
 */
import { problem } from '../base/problem.ts';
import type { Sample, SampleParts } from '../model/sample.ts';
import { type SourceId, sourceTable } from '../model/source-table.ts';
import type { Clock } from '../platform/ports.ts';
import type { Source } from '../samplers/source.ts';

/** Sources due within this of each other share a tick. */
const togetherMs = 5;

/** How a tick went: the program's own health. */
export interface Tick {
  /** How late the most overdue source was read. */
  readonly latenessMs: number;
  /** Readings skipped since the last tick because we were not scheduled in time. */
  readonly missed: number;
  /** Time the sources took. */
  readonly readMs: number;
  readonly read: readonly SourceId[];
  /** What a source threw: a bug of ours, never of the machine. */
  readonly errors: readonly { readonly source: SourceId; readonly error: unknown }[];
}

export interface LoopOptions {
  /** Read in this order; where two bring the same part, the later one's stays. */
  readonly sources: readonly Source[];
  readonly clock: Clock;
  onSample(sample: Sample, tick: Tick): void;
  /** All intervals are multiplied by this (`--interval`). */
  readonly intervalScale?: number;
}

export interface Loop {
  /**
   * Reads `source` every `everyMs` (scaled), at once (unless just read) and then on a grid common to all,
   * until released.
   * Of several wishes the most frequent counts. A source this system does not have is never read.
   */
  want(source: SourceId, everyMs: number): () => void;
  /** From now on all intervals are multiplied by this. */
  rescale(intervalScale: number): void;
  /** From the next reading on `source` is read so many times less often; 1: as wanted. */
  slowDown(source: SourceId, factor: number): void;
  start(): void;
  /** No tick until the next start(); wishes stay. */
  stop(): void;
  /** One tick now, out of turn: what is wanted, or every source while nothing is. */
  sampleNow(): Sample;
  /** A Sample of parts that somebody else has, between two ticks. */
  give(parts: SampleParts): void;
  /** Stops for good and closes the sources. */
  close(): void;
}

interface Schedule {
  readonly source: Source;
  readonly wishes: Set<{ readonly everyMs: number }>;
  /** How much less often than wished. */
  factor: number;
  /** Monotonic ms of the next reading; null while nobody wants it. */
  dueMs: number | null;
  /** Monotonic ms of the last reading. */
  readMs: number;
}

export function createLoop(options: LoopOptions): Loop {
  const { clock, onSample } = options;
  let scale = options.intervalScale ?? 1;
  const schedules: Schedule[] = options.sources.map((source) => ({
    source,
    wishes: new Set(),
    factor: 1,
    dueMs: null,
    readMs: Number.NEGATIVE_INFINITY,
  }));
  let running = false;
  /** The grid starts where the loop does, so 500 ms and 1 s meet at every second. */
  let originMs = 0;
  let armed: { readonly atMs: number; readonly cancel: () => void } | null = null;

  const intervalOf = (schedule: Schedule) =>
    scale * schedule.factor * Math.min(...Array.from(schedule.wishes, (wish) => wish.everyMs));

  function arm(): void {
    let next = Number.POSITIVE_INFINITY;
    if (running) for (const { dueMs } of schedules) if (dueMs !== null && dueMs < next) next = dueMs;
    if (armed?.atMs === next) return;
    armed?.cancel();
    armed = null;
    if (next === Number.POSITIVE_INFINITY) return;
    const cancel = clock.after(Math.max(0, next - clock.monotonic()), () => {
      armed = null;
      tick();
    });
    armed = { atMs: next, cancel };
  }

  /**
   * The next point of the grid. One that comes within a quarter of the interval is left out: a rate over
   * so short a time is noise, and after a stall it would be a burst.
   */
  function nextOnGrid(nowMs: number, intervalMs: number): number {
    const steps = Math.ceil((nowMs + intervalMs / 4 - originMs) / intervalMs);
    return originMs + steps * intervalMs;
  }

  function tick(): void {
    const nowMs = clock.monotonic();
    const due = schedules.filter(({ dueMs }) => dueMs !== null && dueMs <= nowMs + togetherMs);
    let latenessMs = 0;
    let missed = 0;
    for (const schedule of due) {
      const dueMs = schedule.dueMs ?? nowMs;
      const intervalMs = intervalOf(schedule);
      latenessMs = Math.max(latenessMs, nowMs - dueMs);
      schedule.dueMs = nextOnGrid(Math.max(nowMs, dueMs), intervalMs);
      missed += Math.max(0, Math.round((schedule.dueMs - dueMs) / intervalMs) - 1);
    }
    try {
      if (due.length > 0) read(due, { latenessMs, missed });
    } finally {
      arm();
    }
  }

  function read(due: readonly Schedule[], timing: Pick<Tick, 'latenessMs' | 'missed'>): Sample {
    const timeMs = clock.now();
    const monotonicMs = clock.monotonic();
    let parts: SampleParts = {};
    const errors: { source: SourceId; error: unknown }[] = [];
    const ids = due.map(({ source }) => source.id);
    due.forEach((schedule, place) => {
      const { source } = schedule;
      schedule.readMs = monotonicMs;
      try {
        parts = { ...parts, ...source.sample(ids.slice(place + 1)) };
      } catch (error) {
        errors.push({ source: source.id, error });
        parts = { ...brokenParts(source.id, error, clock.monotonic()), ...parts };
      }
    });
    const sample: Sample = { version: 1, timeMs, monotonicMs, ...parts };
    onSample(sample, {
      ...timing,
      readMs: clock.monotonic() - monotonicMs,
      read: ids,
      errors,
    });
    return sample;
  }

  return {
    want(id, everyMs) {
      const schedule = schedules.find(({ source }) => source.id === id);
      if (!schedule) return () => {};
      const wish = { everyMs };
      schedule.wishes.add(wish);
      const nowMs = clock.monotonic();
      const intervalMs = intervalOf(schedule);
      const fresh = nowMs - schedule.readMs < intervalMs;
      const soonest = fresh ? nextOnGrid(nowMs, intervalMs) : nowMs;
      schedule.dueMs = Math.min(schedule.dueMs ?? soonest, soonest);
      arm();
      return () => {
        if (!schedule.wishes.delete(wish)) return;
        if (schedule.wishes.size === 0) schedule.dueMs = null;
        arm();
      };
    },
    rescale(intervalScale) {
      if (intervalScale === scale) return;
      scale = intervalScale;
      const nowMs = clock.monotonic();
      for (const schedule of schedules)
        if (schedule.dueMs !== null) schedule.dueMs = nextOnGrid(nowMs, intervalOf(schedule));
      arm();
    },
    slowDown(id, factor) {
      const schedule = schedules.find(({ source }) => source.id === id);
      if (schedule !== undefined) schedule.factor = factor;
    },
    start() {
      if (running) return;
      running = true;
      originMs = clock.monotonic();
      for (const schedule of schedules) if (schedule.dueMs !== null) schedule.dueMs = originMs;
      arm();
    },
    stop() {
      running = false;
      arm();
    },
    sampleNow() {
      const wanted = schedules.filter(({ dueMs }) => dueMs !== null);
      const sample = read(wanted.length > 0 ? wanted : schedules, { latenessMs: 0, missed: 0 });
      // A tick right after it would make rates over next to no time.
      if (running) {
        for (const schedule of wanted) {
          const soonest = nextOnGrid(schedule.readMs, intervalOf(schedule));
          schedule.dueMs = Math.max(schedule.dueMs ?? soonest, soonest);
        }
        arm();
      }
      return sample;
    },
    give(parts) {
      const sample: Sample = { version: 1, timeMs: clock.now(), monotonicMs: clock.monotonic(), ...parts };
      onSample(sample, { latenessMs: 0, missed: 0, readMs: 0, read: [], errors: [] });
    },
    close() {
      running = false;
      arm();
      for (const { source } of schedules) source.close();
    },
  };
}

/** A source that throws does not stop the tick: each of its parts says that it is broken. */
function brokenParts(id: SourceId, error: unknown, atMs: number): SampleParts {
  const cause = error instanceof Error ? error.message : String(error);
  const broken = { atMs, ok: false, problem: problem('malformed', id, cause) } as const;
  return Object.fromEntries(sourceTable[id].parts.map((part) => [part, broken]));
}
