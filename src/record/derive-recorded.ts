/** What recorded Samples lead to: a file may hold anything that is well-formed. */
import { type DerivedWithStreams, deriveSample } from '../logs/derive-sample.ts';
import { mergeTrackPoints, type TrackPoint, trackPointOf } from '../model/past/track.ts';
import type { Sample } from '../model/sample.ts';

/** Of a Sample that nothing can be derived from only the times count. */
export function deriveRecorded(sample: Sample, before: DerivedWithStreams | null): DerivedWithStreams {
  try {
    return deriveSample(sample, before);
  } catch {
    const { version, timeMs, monotonicMs } = sample;
    return deriveSample({ version, timeMs, monotonicMs }, null);
  }
}

/** Of a chunk without a summary: one that is being written, or whose end is lost. Null of none. */
export function sumUp(samples: readonly Sample[]): TrackPoint | null {
  const points: TrackPoint[] = [];
  let before: DerivedWithStreams | null = null;
  for (const sample of samples) {
    before = deriveRecorded(sample, before);
    points.push(trackPointOf(before.model));
  }
  return mergeTrackPoints(points);
}
