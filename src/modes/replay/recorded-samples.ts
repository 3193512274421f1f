/** The Samples of a recording in order of time: which one lies at a time, which comes next; a few chunks stay decoded. */

import { noStreams, type Streams } from '../../logs/streams.ts';
import type { ReplayTime } from '../../model/past/replay.ts';
import type { TrackPoint } from '../../model/past/track.ts';
import type { Sample } from '../../model/sample.ts';
import { followRecorded, recordedLogs } from '../../record/derive-recorded.ts';
import type { RecordedChunk, Recording } from '../../record/recording.ts';
import { type Entry, playlistOf, pointOf } from './playlist.ts';
import { peakOf } from './summary.ts';

export interface Position {
  /** Index of the playlist's entry, and of the Sample in it. */
  readonly entry: number;
  readonly index: number;
  readonly run: number;
  readonly sample: Sample;
}

/** What is read seldom, and every Model needs. */
type Facts = Pick<Sample, 'host' | 'storage'>;

export interface RecordedSamples {
  /**
   * Of a time the nearest Sample, or the first one `from` then on, else the last; of a stretch of time the one
   * with the highest pressure, where none is known the first. Null where nothing can be read.
   */
  find(at: ReplayTime | 'start' | 'end', which?: 'nearest' | 'from'): Promise<Position | null>;
  beside(position: Position, by: 1 | -1): Promise<Position | null>;
  /** Where the chunk begins that has the time `ms` earlier; else where what leads to the position begins. */
  back(position: Position, ms: number): Promise<Position>;
  /** The same by the summaries of chunks: nothing on the way is decoded. */
  far(position: Position, ms: number): Promise<Position>;
  /** The last `ms` in the chunks before a position's own, each time once. */
  pointsBefore(position: Position, ms: number): readonly TrackPoint[];
  /** What was known of the machine before this position, as far as its writer's first chunk has it. */
  facts(position: Position): Promise<Facts>;
  /** What streams had led to before this position. Where the Sample itself says that: nothing. */
  streams(position: Position): Promise<Streams>;
  /** The same Sample in a recording that was read earlier. */
  same(position: Position): Promise<Position | null>;
}

/** The chunk that is played, the one before it, and those that a jump looks back into. */
const mostChunks = 4;
/** Of the largest rebuild a chunk in ten tells all (record/recorded-logs.ts); chunks that end early are shorter. */
const mostChunksBack = 40;

export function createRecordedSamples(recording: Pick<Recording, 'chunks'>): RecordedSamples {
  const { chunks } = recording;
  const entries = playlistOf(chunks);
  const decoded = new Map<RecordedChunk, Promise<readonly Sample[]>>();
  const factsOf = new Map<string, Facts>();
  /** Before a chunk's first Sample. */
  const streamsAt = new Map<RecordedChunk, Streams>();

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

  /** `own`: one writer's chunks. Where the first Sample of `own[at]` says it all: nothing. */
  async function streamsBefore(own: readonly RecordedChunk[], at: number): Promise<Streams> {
    const between: (readonly Sample[])[] = [];
    let streams = noStreams;
    for (let i = at; i >= 0 && at - i <= mostChunksBack; i -= 1) {
      const chunk = own[i];
      if (chunk === undefined) break;
      const samples = i === at ? await load(chunk) : await chunk.load();
      // The processes of so many minutes would be too much.
      if (i < at) between.unshift(samples.filter(({ logs }) => logs !== undefined).map(logsAlone));
      const known = streamsAt.get(chunk);
      if (known !== undefined) streams = known;
      if (known !== undefined || !isInEarlier(samples)) break;
    }
    for (const samples of between) streams = samples.reduce(followRecorded, streams);
    const chunk = own[at];
    if (chunk !== undefined && between.length > 0) streamsAt.set(chunk, streams);
    const [oldest] = streamsAt.keys();
    if (streamsAt.size > mostChunks && oldest !== undefined) streamsAt.delete(oldest);
    return streams;
  }

  async function positionAt(entry: number, index: number): Promise<Position | null> {
    const found = entries[entry];
    if (found === undefined) return null;
    const samples = await samplesOf(found);
    const at = index < 0 ? samples.length + index : index;
    const sample = samples[at];
    return sample === undefined ? null : { entry, index: at, run: found.run, sample };
  }

  /** The first or last Sample from an entry on; chunks of which nothing could be read are passed over. */
  async function edge(from: number, by: 1 | -1): Promise<Position | null> {
    for (let entry = from; entry >= 0 && entry < entries.length; entry += by) {
      const position = await positionAt(entry, by > 0 ? 0 : -1);
      if (position !== null) return position;
    }
    return null;
  }

  async function beside(position: Position, by: 1 | -1): Promise<Position | null> {
    const index = position.index + by;
    return (index >= 0 ? await positionAt(position.entry, index) : null) ?? edge(position.entry + by, by);
  }

  /** By what only this entry has. */
  function closestEntry(timeMs: number): number {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    for (const [index, entry] of entries.entries()) {
      const { fromMs, toMs } = pointOf(entry);
      const far = Math.max(0, fromMs - timeMs, timeMs - toMs);
      if (far < least) [best, least] = [index, far];
      if (least === 0) break;
    }
    return best;
  }

  async function closest(timeMs: number, which: 'nearest' | 'from'): Promise<Position | null> {
    const entry = closestEntry(timeMs);
    const found = entries[entry];
    if (found === undefined) return null;
    const index = (await samplesOf(found)).findIndex((sample) => sample.timeMs >= timeMs);
    const after = index >= 0 ? await positionAt(entry, index) : await edge(entry + 1, 1);
    const before = after === null ? await edge(entry, -1) : await beside(after, -1);
    if (after === null || before === null || which === 'from') return after ?? before;
    return timeMs - before.sample.timeMs < after.sample.timeMs - timeMs ? before : after;
  }

  return {
    async find(at, which = 'nearest') {
      if (at === 'start') return edge(0, 1);
      if (at === 'end') return edge(entries.length - 1, -1);
      if (typeof at === 'number') return closest(at, which);
      // A column begins after its first moment, which is the last one of the column before.
      return closest((await peakOf(entries, at, samplesOf)) ?? at.fromMs + 1, 'from');
    },
    beside,
    async back(position, ms) {
      const fromMs = position.sample.monotonicMs - ms;
      let first = (await positionAt(position.entry, 0)) ?? position;
      while (first.sample.monotonicMs > fromMs) {
        const before = await edge(first.entry - 1, -1);
        if (before === null || (before.run !== first.run && !isSameBoot(before.sample, first.sample))) break;
        first = (await positionAt(before.entry, 0)) ?? before;
      }
      return first;
    },
    async far(position, ms) {
      const fromMs = position.sample.timeMs - ms;
      let first = position.entry;
      while (first > 0) {
        const before = entries[first - 1] as Entry;
        if (before.chunk.point.toMs < fromMs) break;
        if (before.run !== entries[first]?.run) {
          const [last, next] = [await edge(first - 1, -1), await edge(first, 1)];
          if (last === null || next === null || !isSameBoot(last.sample, next.sample)) break;
        }
        first -= 1;
      }
      const found = await edge(first, 1);
      return found === null || isBefore(position, found) ? position : found;
    },
    pointsBefore(position, ms) {
      const fromMs = position.sample.timeMs - ms;
      const points: TrackPoint[] = [];
      for (const entry of entries.slice(0, position.entry)) {
        if (entry.chunk.point.toMs >= fromMs) points.push(pointOf(entry));
      }
      return points;
    },
    async facts(position) {
      if (position.sample.host?.ok && position.sample.storage?.ok) return {};
      const own = entries[position.entry]?.chunk;
      const first = chunks.find(({ writer }) => writer === own?.writer);
      if (first === undefined) return {};
      if (first === own) {
        const samples = await load(first);
        return factsIn(samples.slice(0, samples.indexOf(position.sample)));
      }
      const known = factsOf.get(first.writer) ?? factsIn(await first.load());
      factsOf.set(first.writer, known);
      return known;
    },
    async streams(position) {
      const chunk = entries[position.entry]?.chunk;
      if (chunk === undefined) return noStreams;
      const samples = await load(chunk);
      const own = chunks.filter(({ writer }) => writer === chunk.writer);
      const before = await streamsBefore(own, own.indexOf(chunk));
      return samples.slice(0, Math.max(0, samples.indexOf(position.sample))).reduce(followRecorded, before);
    },
    async same(position) {
      const { timeMs, monotonicMs } = position.sample;
      for (const [entry, found] of entries.entries()) {
        const { fromMs, toMs } = found.chunk.point;
        if (timeMs < fromMs || timeMs > toMs) continue;
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

/** What it takes to know the streams before it. */
function isInEarlier([first]: readonly Sample[]): boolean {
  const logs = first && recordedLogs(first);
  return logs?.ok === true && logs.value.before === 'earlier';
}

function logsAlone({ version, timeMs, monotonicMs, logs }: Sample): Sample {
  return { version, timeMs, monotonicMs, ...(logs && { logs }) };
}

/** Clocks are set by less while a machine runs. */
const bootSlackMs = 60_000;

/** `later` follows on `earlier`, whoever wrote them: counters of the kernel go on. Not over a suspend. */
function isSameBoot(earlier: Sample, later: Sample): boolean {
  if (later.monotonicMs < earlier.monotonicMs || later.timeMs < earlier.timeMs) return false;
  const bootMs = ({ timeMs, monotonicMs }: Sample) => timeMs - monotonicMs;
  return Math.abs(bootMs(later) - bootMs(earlier)) < bootSlackMs;
}

/** Of one writer, or of another one of the same machine since it was started. */
export function goesOn(position: Position, next: Position): boolean {
  return position.run === next.run || isSameBoot(position.sample, next.sample);
}

export function isBefore(a: Position, b: Position): boolean {
  return a.entry < b.entry || (a.entry === b.entry && a.index < b.index);
}

/** The last readings. */
function factsIn(samples: readonly Sample[]): Facts {
  const host = samples.findLast((sample) => sample.host?.ok)?.host;
  const storage = samples.findLast((sample) => sample.storage?.ok)?.storage;
  return { ...(host && { host }), ...(storage && { storage }) };
}
