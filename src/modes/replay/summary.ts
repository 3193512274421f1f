/**
 * A recording's pressure over time: as its chunks sum it up, finer where the recording is short, and to the
 * sample where it was the highest.
 */

import type { TimeSpan } from '../../base/time-span.ts';
import { derivePressure, type PressureCarry } from '../../model/machine/derive-pressure.ts';
import { pressureOfPoint } from '../../model/past/replay.ts';
import { knownSeries, mergeTrackPoints, pressureSeries, type TrackPoint } from '../../model/past/track.ts';
import type { Sample } from '../../model/sample.ts';
import type { Clock } from '../../platform/ports.ts';
import type { RecordedChunk, Recording } from '../../record/recording.ts';
import type { Entry } from './playlist.ts';

export interface Summary {
  /** Reads what has not been read yet, in the background. */
  refine(): void;
  close(): void;
}

export interface SummaryOptions {
  readonly recording: Pick<Recording, 'chunks'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly onPoints: (points: readonly TrackPoint[]) => void;
}

/** Of longer recordings a column of the time line is a chunk or more anyway. */
const mostRefined = 60;
/** Points of a chunk; together no more than a few thousand. */
const pointsPerChunk = 60;

export function createSummary({ recording, clock, onPoints }: SummaryOptions): Summary {
  const finer = new WeakMap<RecordedChunk, readonly TrackPoint[]>();
  let work: Promise<void> = Promise.resolve();
  let closed = false;

  async function refine(): Promise<void> {
    const { chunks } = recording;
    if (chunks.length > mostRefined) return;
    for (const chunk of chunks) {
      if (finer.has(chunk)) continue;
      // Keys and the player come first.
      await new Promise<void>((resolve) => clock.after(0, resolve));
      if (closed) return;
      finer.set(chunk, await finePoints(chunk));
    }
    if (!closed) onPoints(chunks.flatMap((chunk) => finer.get(chunk) ?? [chunk.point]));
  }

  return {
    refine() {
      work = work.then(refine);
    },
    close() {
      closed = true;
    },
  };
}

/** Where none of its samples can be read, the chunk's own point. */
async function finePoints(chunk: RecordedChunk): Promise<readonly TrackPoint[]> {
  const points = await chunk.load().then(pressurePoints, () => []);
  const together = Math.ceil(points.length / pointsPerChunk);
  const merged: TrackPoint[] = [];
  for (let from = 0; from < points.length; from += together) {
    // Up to the next one: what lies between two samples is no gap.
    const point = mergeTrackPoints(points.slice(from, from + together + 1));
    if (point !== null) merged.push(point);
  }
  return merged.length === 0 ? [chunk.point] : merged;
}

/** The highest is in the first one or in the second, unless much of it lies outside of the stretch. */
const mostSearched = 4;

/**
 * When pressure was the highest, Unix ms, after `fromMs` and up to `toMs`, as a column of the charts has it;
 * null where none is known.
 */
export async function peakOf(
  entries: readonly Entry[],
  { fromMs, toMs }: TimeSpan,
  samplesOf: (entry: Entry) => Promise<readonly Sample[]>,
): Promise<number | null> {
  const candidates = entries
    .filter(({ chunk: { point }, afterMs }) => point.toMs > fromMs && Math.max(point.fromMs, afterMs) <= toMs)
    .flatMap((entry) => {
      const { percent } = pressureOfPoint(entry.chunk.point);
      return percent === null ? [] : [{ entry, most: percent }];
    })
    .toSorted((a, b) => b.most - a.most)
    .slice(0, mostSearched);
  let peak: { readonly timeMs: number; readonly percent: number } | null = null;
  for (const { entry, most } of candidates) {
    if (peak !== null && peak.percent >= most) break;
    for (const point of pressurePoints(await samplesOf(entry))) {
      const { percent } = pressureOfPoint(point);
      if (percent === null || point.toMs <= fromMs || point.toMs > toMs) continue;
      if (peak === null || percent > peak.percent) peak = { timeMs: point.toMs, percent };
    }
  }
  return peak?.timeMs ?? null;
}

/** One for each Sample that has a reading; none where one of them holds what no machine can report. */
function pressurePoints(samples: readonly Sample[]): readonly TrackPoint[] {
  const points: TrackPoint[] = [];
  let carry: PressureCarry | null = null;
  try {
    for (const { pressure, timeMs } of samples) {
      if (!pressure?.ok) continue;
      const next: ReturnType<typeof derivePressure> = derivePressure(
        pressure.value,
        pressure.atMs,
        carry,
        false,
      );
      carry = next.carry;
      points.push({
        fromMs: timeMs,
        toMs: timeMs,
        max: knownSeries(pressureSeries(next.pressure)),
        builds: [],
      });
    }
  } catch {
    return [];
  }
  return points;
}
