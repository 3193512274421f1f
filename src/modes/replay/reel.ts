/** A recording as one strip of Samples: which one comes next, which lies at a time; a few chunks are kept decoded. */

import type { TimeSpan } from '../../base/time-span.ts';
import type { TrackPoint } from '../../model/past/track.ts';
import type { Sample } from '../../model/sample.ts';
import type { RecordedChunk, Recording } from '../../record/recording.ts';
import { peakOf } from './peak.ts';
import { type Entry, playlistOf, pointOf } from './playlist.ts';

export interface Place {
  /** Index of the playlist's entry, and of the Sample in it. */
  readonly entry: number;
  readonly index: number;
  readonly run: number;
  readonly sample: Sample;
}

/** What a machine tells seldom, and every Model needs. */
export type Facts = Pick<Sample, 'host' | 'storage'>;

export interface Reel {
  readonly entries: readonly Entry[];
  first(): Promise<Place | null>;
  last(): Promise<Place | null>;
  beside(place: Place, by: 1 | -1): Promise<Place | null>;
  /** `nearest`: whichever is closer; `from`: the first one at or after that time, else the last. */
  at(timeMs: number, which: 'nearest' | 'from'): Promise<Place | null>;
  /** The highest pressure in that time; where none is known the first sample of it. */
  peak(span: TimeSpan): Promise<Place | null>;
  /** Where the chunk of the same run begins that tells of the time `ms` earlier; else where the run begins. */
  back(place: Place, ms: number): Promise<Place>;
  /** What the chunks before a place's own tell of the last `ms`, each time once. */
  pointsBefore(place: Place, ms: number): readonly TrackPoint[];
  /** What was known of the machine before this place, as far as its writer's first chunk tells. */
  facts(place: Place): Promise<Facts>;
  /** The same Sample in a reel made later of the same recording. */
  find(place: Place): Promise<Place | null>;
}

/** The chunk that is played, the one before it, and those that a jump looks back into. */
const mostChunks = 4;

export function createReel(recording: Pick<Recording, 'chunks'>): Reel {
  const { chunks } = recording;
  const entries = playlistOf(chunks);
  const decoded = new Map<RecordedChunk, Promise<readonly Sample[]>>();
  const factsOf = new Map<string, Facts>();

  function load(chunk: RecordedChunk): Promise<readonly Sample[]> {
    const samples = decoded.get(chunk) ?? chunk.load();
    decoded.delete(chunk);
    decoded.set(chunk, samples);
    const [oldest] = decoded.keys();
    if (decoded.size > mostChunks && oldest !== undefined) decoded.delete(oldest);
    return samples;
  }

  async function samplesOf({ chunk, afterMs }: Entry): Promise<readonly Sample[]> {
    const samples = await load(chunk);
    return afterMs === Number.NEGATIVE_INFINITY ? samples : samples.filter(({ timeMs }) => timeMs > afterMs);
  }

  async function placeAt(entry: number, index: number): Promise<Place | null> {
    const found = entries[entry];
    if (found === undefined) return null;
    const samples = await samplesOf(found);
    const at = index < 0 ? samples.length + index : index;
    const sample = samples[at];
    return sample === undefined ? null : { entry, index: at, run: found.run, sample };
  }

  /** The first or last Sample from an entry on; chunks of which nothing could be read are passed over. */
  async function edge(from: number, by: 1 | -1): Promise<Place | null> {
    for (let entry = from; entry >= 0 && entry < entries.length; entry += by) {
      const place = await placeAt(entry, by > 0 ? 0 : -1);
      if (place !== null) return place;
    }
    return null;
  }

  async function beside(place: Place, by: 1 | -1): Promise<Place | null> {
    const index = place.index + by;
    return (index >= 0 ? await placeAt(place.entry, index) : null) ?? edge(place.entry + by, by);
  }

  /** Distance of a time from what an entry tells. */
  function distance({ chunk, afterMs }: Entry, timeMs: number): number {
    const { fromMs, toMs } = chunk.point;
    return Math.max(0, Math.max(fromMs, afterMs) - timeMs, timeMs - toMs);
  }

  function closest(timeMs: number): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const [index, entry] of entries.entries()) {
      const far = distance(entry, timeMs);
      if (far < least) [best, least] = [index, far];
      if (least === 0) break;
    }
    return best;
  }

  async function placeNear(timeMs: number, which: 'nearest' | 'from'): Promise<Place | null> {
    const entry = closest(timeMs);
    const found = entries[entry];
    if (found === undefined) return null;
    const index = (await samplesOf(found)).findIndex((sample) => sample.timeMs >= timeMs);
    const after = index >= 0 ? await placeAt(entry, index) : await edge(entry + 1, 1);
    const before = after === null ? await edge(entry, -1) : await beside(after, -1);
    if (after === null || before === null || which === 'from') return after ?? before;
    return timeMs - before.sample.timeMs < after.sample.timeMs - timeMs ? before : after;
  }

  return {
    entries,
    first: () => edge(0, 1),
    last: () => edge(entries.length - 1, -1),
    beside,
    at: placeNear,
    // A column begins after its first moment, which is the last one of the column before.
    peak: async (span) => placeNear((await peakOf(entries, span, samplesOf)) ?? span.fromMs + 1, 'from'),
    async back(place, ms) {
      const fromMs = place.sample.monotonicMs - ms;
      let first = (await placeAt(place.entry, 0)) ?? place;
      while (first.sample.monotonicMs > fromMs) {
        const before = await edge(first.entry - 1, -1);
        if (before === null || before.run !== place.run) break;
        first = (await placeAt(before.entry, 0)) ?? before;
      }
      return first;
    },
    pointsBefore(place, ms) {
      const fromMs = place.sample.timeMs - ms;
      const points: TrackPoint[] = [];
      for (const entry of entries.slice(0, place.entry)) {
        if (entry.chunk.point.toMs >= fromMs) points.push(pointOf(entry));
      }
      return points;
    },
    async facts(place) {
      const own = entries[place.entry]?.chunk;
      const first = chunks.find(({ writer }) => writer === own?.writer);
      if (first === undefined) return {};
      if (first === own) {
        const samples = await load(first);
        return factsIn(samples.slice(0, samples.indexOf(place.sample)));
      }
      const known = factsOf.get(first.writer) ?? factsIn(await first.load());
      factsOf.set(first.writer, known);
      return known;
    },
    async find(place) {
      const { timeMs, monotonicMs } = place.sample;
      const same = ({ chunk }: Entry) => chunk.point.fromMs <= timeMs && timeMs <= chunk.point.toMs;
      for (const [entry, found] of entries.entries()) {
        if (!same(found)) continue;
        const samples = await samplesOf(found);
        const index = samples.findIndex(
          (sample) => sample.timeMs === timeMs && sample.monotonicMs === monotonicMs,
        );
        const sample = samples[index];
        if (sample !== undefined) return { entry, index, run: found.run, sample };
      }
      return null;
    },
  };
}

/** The last readings. */
function factsIn(samples: readonly Sample[]): Facts {
  const host = samples.findLast((sample) => sample.host?.ok)?.host;
  const storage = samples.findLast((sample) => sample.storage?.ok)?.storage;
  return { ...(host && { host }), ...(storage && { storage }) };
}
