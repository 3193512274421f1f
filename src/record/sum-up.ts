/** Sums up a chunk that nobody has summed up: the one that is being written, or whose end is lost. */
import { type Derived, derive } from '../model/derive.ts';
import type { Sample } from '../model/sample.ts';
import { mergeTrackPoints, type TrackPoint, trackPointOf } from '../model/track.ts';

/** Null of none. */
export function sumUp(samples: readonly Sample[]): TrackPoint | null {
  const points: TrackPoint[] = [];
  let before: Derived | null = null;
  for (const sample of samples) {
    before = deriveStrange(sample, before);
    const { timeMs } = sample;
    points.push(before ? trackPointOf(before.model) : { fromMs: timeMs, toMs: timeMs, max: {}, builds: [] });
  }
  return mergeTrackPoints(points);
}

/** A file may hold anything that is well-formed: what nothing can be derived from has no values. */
function deriveStrange(sample: Sample, before: Derived | null): Derived | null {
  try {
    return derive(sample, before);
  } catch {
    return null;
  }
}
