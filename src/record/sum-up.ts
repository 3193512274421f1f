/** Sums up a chunk that nobody has summed up: the one that is being written, or whose end is lost. */
import type { Derived } from '../model/derive.ts';
import { mergeTrackPoints, type TrackPoint, trackPointOf } from '../model/past/track.ts';
import type { Sample } from '../model/sample.ts';
import { deriveRecorded } from './derive-recorded.ts';

/** Null of none. */
export function sumUp(samples: readonly Sample[]): TrackPoint | null {
  const points: TrackPoint[] = [];
  let before: Derived | null = null;
  for (const sample of samples) {
    before = deriveRecorded(sample, before);
    points.push(trackPointOf(before.model));
  }
  return mergeTrackPoints(points);
}
