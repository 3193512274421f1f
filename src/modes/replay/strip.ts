/** The pressure of a short recording, finer than its chunks say it: read once, in the background. */

import { mergeTrackPoints, type TrackPoint } from '../../model/past/track.ts';
import type { Sample } from '../../model/sample.ts';
import type { Clock } from '../../platform/ports.ts';
import type { RecordedChunk, Recording } from '../../record/recording.ts';
import { pressurePoints } from './recorded-pressure.ts';

export interface Strip {
  /** Begins, or begins again with what was added. */
  refine(): void;
  close(): void;
}

export interface StripOptions {
  readonly recording: Pick<Recording, 'chunks'>;
  readonly clock: Pick<Clock, 'after'>;
  readonly onPoints: (points: readonly TrackPoint[]) => void;
}

/** Of longer recordings a column of the strip is a chunk or more anyway. */
const mostChunks = 60;
/** Points of a chunk; together no more than a few thousand. */
const pointsPerChunk = 60;

export function createStrip({ recording, clock, onPoints }: StripOptions): Strip {
  const finer = new WeakMap<RecordedChunk, readonly TrackPoint[]>();
  let underWay = false;
  let again = false;
  let closed = false;

  async function run(): Promise<void> {
    const { chunks } = recording;
    if (chunks.length > mostChunks) return;
    for (const chunk of chunks) {
      if (finer.has(chunk)) continue;
      // Keys and the player come first.
      await new Promise<void>((resolve) => clock.after(0, resolve));
      if (closed) return;
      const points = await pointsOf(chunk);
      finer.set(chunk, points.length === 0 ? [chunk.point] : points);
    }
    if (!closed) onPoints(chunks.flatMap((chunk) => finer.get(chunk) ?? [chunk.point]));
  }

  return {
    refine() {
      again = true;
      if (underWay) return;
      underWay = true;
      void (async () => {
        while (again && !closed) {
          again = false;
          await run();
        }
        underWay = false;
      })();
    },
    close() {
      closed = true;
    },
  };
}

/** None where nothing can be told of the chunk: then its own point stays. */
async function pointsOf(chunk: RecordedChunk): Promise<readonly TrackPoint[]> {
  try {
    return pressureOf(await chunk.load());
  } catch {
    return [];
  }
}

function pressureOf(samples: readonly Sample[]): TrackPoint[] {
  const points = pressurePoints(samples);
  const together = Math.ceil(points.length / pointsPerChunk);
  const merged: TrackPoint[] = [];
  for (let from = 0; from < points.length; from += together) {
    // Up to the next one: what lies between two samples is no gap.
    const point = mergeTrackPoints(points.slice(from, from + together + 1));
    if (point !== null) merged.push(point);
  }
  return merged;
}
