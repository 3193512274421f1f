/** What a recording has of the time before the start, for the charts: the last minutes sample by sample. */
import type { DerivedSample } from '../../diagnose/derive-sample.ts';
import { type TrackPoint, trackPointOf } from '../../model/past/track.ts';
import { finestKeepMs } from '../../model/past/track-rings.ts';
import { deriveRecorded } from '../../record/derive-recorded.ts';
import type { Recording } from '../../record/recording.ts';
import { type Entry, playlistOf, pointOf } from '../replay/playlist.ts';

/** Two writers with a chunk a minute, and some; what is more stays as its summary has it. */
const mostChunks = 18;
/** Samples between two rests: they take some milliseconds. */
const mostAtOnce = 10;

/**
 * Points of all that is recorded, in order. Sample by sample only what is older than `beforeMs`, the oldest that
 * the charts have themselves (they leave out what they have), and young enough at `nowMs` for the shortest range;
 * both Unix ms. `rest` lets whatever waits have its turn.
 */
export async function olderPoints(
  { chunks }: Pick<Recording, 'chunks'>,
  { beforeMs, nowMs }: { readonly beforeMs: number; readonly nowMs: number },
  rest: () => Promise<void>,
): Promise<readonly TrackPoint[]> {
  const entries = playlistOf(chunks);
  const isFine = ({ chunk: { point } }: Entry) =>
    point.toMs > nowMs - finestKeepMs && point.fromMs < beforeMs;
  const fine = new Set(entries.filter(isFine).slice(-mostChunks));
  const points: TrackPoint[] = [];
  let last: { readonly derived: DerivedSample; readonly run: number } | null = null;
  for (const entry of entries) {
    const { chunk, run, afterMs } = entry;
    const samples = fine.has(entry) ? await chunk.load().catch(() => []) : [];
    if (samples.length === 0) points.push(pointOf(entry));
    for (const [index, sample] of samples.entries()) {
      if (index % mostAtOnce === 0) await rest();
      const derived: DerivedSample = deriveRecorded(sample, last?.run === run ? last.derived : null);
      last = { derived, run };
      if (sample.timeMs > afterMs) points.push(trackPointOf(derived.model));
    }
  }
  return points;
}
