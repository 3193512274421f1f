/** In which order a recording's chunks are played where several programs recorded the same machine. */
import type { TimeSpan } from '../../base/time-span.ts';
import type { TrackPoint } from '../../model/past/track.ts';
import type { RecordedChunk } from '../../record/recording.ts';

export interface Entry {
  readonly chunk: RecordedChunk;
  /** Entries of one run follow on each other: one writer, each Model from the one before. */
  readonly run: number;
  /** Samples up to here are in another writer's entries, Unix ms. */
  readonly afterMs: number;
}

/** The highest values of what only this entry has. */
export function pointOf({ chunk: { point }, afterMs }: Entry): TrackPoint {
  return point.fromMs > afterMs ? point : { ...point, fromMs: afterMs };
}

/** Of a whole recording; `fromMs` is the later one where there is nothing. */
export function spanOf(chunks: readonly RecordedChunk[]): TimeSpan {
  let fromMs = Number.POSITIVE_INFINITY;
  let toMs = Number.NEGATIVE_INFINITY;
  for (const { point } of chunks) {
    fromMs = Math.min(fromMs, point.fromMs);
    toMs = Math.max(toMs, point.toMs);
  }
  return { fromMs, toMs };
}

/** A writer that says nothing for so long gives way to one that does. */
const longestHoleMs = 10_000;

interface Queue {
  readonly chunks: readonly RecordedChunk[];
  next: number;
}

/**
 * Stays with a writer as long as it goes on, and goes on with whoever covers what follows. Others see the same suspend as
 * it does, and the chunk that ends last is chance: for some seconds more nobody else is followed.
 */
export function playlistOf(chunks: readonly RecordedChunk[]): readonly Entry[] {
  const queues = Array.from(
    Map.groupBy(chunks, ({ writer }) => writer).values(),
    (own): Queue => ({ chunks: own, next: 0 }),
  );
  const entries: Entry[] = [];
  let current = null as Queue | null;
  let run = -1;
  /** The latest time that is covered, and where the current writer stands: its clock may have gone back. */
  let coveredMs = Number.NEGATIVE_INFINITY;
  let currentMs = coveredMs;
  /** Where the current run took over. */
  let afterMs = coveredMs;

  for (;;) {
    const own: RecordedChunk | undefined = current?.chunks[current.next];
    const waits: boolean = own === undefined || own.point.fromMs - currentMs > longestHoleMs;
    const other: Queue | null = waits ? earliest(queues, current, coveredMs, own) : null;
    const otherChunk = other?.chunks[other.next];
    if (otherChunk !== undefined && (own === undefined || otherChunk.point.fromMs < own.point.fromMs)) {
      current = other;
      run += 1;
      afterMs = coveredMs;
    }
    const chunk = current?.chunks[current.next];
    if (current === null || chunk === undefined) return entries;
    current.next += 1;
    entries.push({ chunk, run, afterMs: chunk.point.fromMs <= afterMs ? afterMs : Number.NEGATIVE_INFINITY });
    currentMs = chunk.point.toMs;
    coveredMs = Math.max(coveredMs, currentMs);
  }
}

/** Of the others that fill it, whose next chunk with news begins first; chunks without are dropped. */
function earliest(
  queues: readonly Queue[],
  current: Queue | null,
  coveredMs: number,
  until: RecordedChunk | undefined,
): Queue | null {
  let best: Queue | null = null;
  for (const queue of queues) {
    if (queue === current) continue;
    while ((queue.chunks[queue.next]?.point.toMs ?? Number.POSITIVE_INFINITY) <= coveredMs) queue.next += 1;
    const chunk = queue.chunks[queue.next];
    if (chunk === undefined || !fills(queue, coveredMs, until)) continue;
    const first = best?.chunks[best.next];
    if (first === undefined || chunk.point.fromMs < first.point.fromMs) best = queue;
  }
  return best;
}

/** It tells enough of what the current one does not, up to `until`, where that goes on. */
function fills({ chunks, next }: Queue, coveredMs: number, until: RecordedChunk | undefined): boolean {
  const first = chunks[next];
  if (first === undefined) return false;
  // What begins later is another recording, however short.
  if (until === undefined && first.point.fromMs > coveredMs) return true;
  const untilMs = until?.point.fromMs ?? Number.POSITIVE_INFINITY;
  let toldMs = 0;
  for (let i = next; i < chunks.length && toldMs < longestHoleMs; i += 1) {
    const { fromMs, toMs } = (chunks[i] as RecordedChunk).point;
    if (fromMs >= untilMs) break;
    toldMs += Math.max(0, Math.min(toMs, untilMs) - Math.max(fromMs, coveredMs));
  }
  return toldMs >= longestHoleMs;
}
