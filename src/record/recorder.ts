/**
 * The recorder: takes Samples and events as they come and returns at once; a bounded queue, compression on a
 * pool thread and asynchronous writes do the rest. What a disk cannot take is dropped and counted.
 */
import { fail, ok, type Problem, type Result } from '../base/problem.ts';
import { noStreams } from '../logs/streams.ts';
import { type RecordedEvent, type RecorderStatus, recorderOff } from '../model/past/recorded.ts';
import type { TrackPoint } from '../model/past/track.ts';
import type { Sample } from '../model/sample.ts';
import type { Clock, RecordingFiles } from '../platform/ports.ts';
import { encodeBody } from './bodies.ts';
import { createEncoder, type EncodedSample } from './encode.ts';
import type { SegmentHeader } from './format.ts';
import { longestRecordBytes } from './frame.ts';
import { defaultLimits, type RecorderLimits } from './limits.ts';
import { createQueue } from './queue.ts';
import { createLogsRecorder, type StreamsAround } from './recorded-logs.ts';
import { dropOldSegments } from './retention.ts';
import { createSegmentWriter, type Item } from './segment-writer.ts';
import { stopReason } from './stop-reason.ts';

export interface Recorder {
  /** `point`: what the Model of this Sample gives for the charts. `streams`: without them none is entered later. */
  sample(sample: Sample, point: TrackPoint, streams?: StreamsAround): void;
  event(event: RecordedEvent): void;
  /** The same object while nothing changed. */
  readonly status: RecorderStatus;
  /** Called after each change of `status`; returns its end. */
  onStatus(listener: (status: RecorderStatus) => void): () => void;
  /** Resolves when all that waits is written and the segment closed; never, where the disk never answers. */
  close(): Promise<void>;
}

export interface RecorderOptions {
  readonly files: RecordingFiles;
  readonly clock: Clock;
  readonly directory: string;
  readonly header: Pick<SegmentHeader, 'writer' | 'hostName'>;
  readonly pid: number;
  readonly limits?: Partial<RecorderLimits>;
}

/** Out of memory in the midst of a freeze, or a bug: whatever it is, the screen goes on. */
function brokenOff(error: unknown): Result<never> {
  return fail('malformed', 'recorder', error instanceof Error ? error.message : String(error));
}

type Gap = Extract<RecordedEvent, { kind: 'gap' }>;

/** Compression makes what cannot be compressed a little longer. */
const longestBodyBytes = longestRecordBytes / 2;

/** Past this an event is dropped too: nothing makes so many but a disk that hangs for hours. */
const mostEventsWaiting = 1024;

/** Between two samples further apart than this, and than so many times those before, is a hole. */
const holeMs = 10_000;
const holeFactor = 3;
const unknown: StreamsAround = { before: noStreams, after: noStreams };

export function createRecorder(options: RecorderOptions): Recorder {
  const { files, clock, directory, header, pid } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const encoder = createEncoder();
  const logs = createLogsRecorder();
  const queue = createQueue({ bytes: limits.queueBytes, items: limits.queueItems });
  const listeners = new Set<(status: RecorderStatus) => void>();
  const onOpened = (name: string) => {
    const drop = () => dropOldSegments({ files, clock, directory, pid, limits }, name);
    // What cannot be dropped stays: no reason not to record.
    retained = retained.then(drop).catch(() => {});
  };
  const segments = createSegmentWriter({ files, clock, directory, header, pid, limits, onOpened });

  let status: RecorderStatus = { ...recorderOff, state: 'recording' };
  let writing: Promise<void> | null = null;
  let retained: Promise<void> = Promise.resolve();
  let gap: Gap | null = null;
  let eventsWaiting = 0;
  let chunk: { readonly sinceMs: number; samples: number; bytes: number; values: number } | null = null;
  let last: { readonly monotonicMs: number; readonly timeMs: number; readonly apartMs: number } | null = null;
  /** What is read once, or when it changes: each chunk brings it anew. */
  let standing: Pick<Sample, 'host' | 'storage'> = {};

  function change(to: Partial<RecorderStatus>): void {
    status = { ...status, ...to };
    for (const listener of listeners) listener(status);
  }

  function stop(problem: Problem): void {
    if (status.state !== 'recording') return;
    gap = null;
    queue.clear();
    change({ state: 'stopped', reason: stopReason(problem, directory), behind: false });
    // Not in the midst of a write, which would begin another segment.
    void Promise.resolve(writing)
      .then(segments.abandon)
      .catch(() => {});
  }

  function push(item: Item): void {
    queue.push(item);
    writing ??= write();
  }

  async function write(): Promise<void> {
    for (let item = queue.first; item !== undefined && status.state === 'recording'; item = queue.first) {
      const written = await segments.put(item).catch(brokenOff);
      if (!written.ok) stop(written.problem);
      // By a sample that came meanwhile, too.
      if (status.state !== 'recording') break;
      queue.shift();
      if (item.kind === 'event') eventsWaiting -= 1;
      const { writtenBytes } = segments;
      change({ writtenBytes });
      if (gap !== null && queue.drained) endGap(gap);
    }
    writing = null;
  }

  /** The disk does not keep up: what waits for it ends the gap. */
  function drop(atMs: number, what: 'sample' | 'event'): void {
    const samples = (gap?.samples ?? 0) + (what === 'sample' ? 1 : 0);
    const events = (gap?.events ?? 0) + (what === 'event' ? 1 : 0);
    const fromMs = gap?.fromMs ?? atMs;
    const timeMs = Math.max(gap?.timeMs ?? atMs, atMs);
    gap = { kind: 'gap', timeMs, fromMs, samples, ...(events > 0 && { events }), why: 'disk too slow' };
    const { dropped, droppedEvents } = status;
    if (what === 'sample') change({ dropped: dropped + 1, behind: true });
    else change({ droppedEvents: droppedEvents + 1, behind: true });
  }

  /** No record holds it, however fast the disk is. */
  function leaveOut(timeMs: number, what: 'sample' | 'event'): void {
    const lost = what === 'sample' ? { samples: 1 } : { samples: 0, events: 1 };
    const { tooLong, tooLongEvents } = status;
    change(what === 'sample' ? { tooLong: tooLong + 1 } : { tooLongEvents: tooLongEvents + 1 });
    pushEvent({ kind: 'gap', timeMs, fromMs: timeMs, ...lost, why: 'too long' });
  }

  function endGap(ended: Gap): void {
    gap = null;
    chunk = null;
    pushEvent(ended);
    change({ behind: false });
  }

  function pushEvent(event: RecordedEvent): void {
    const body = encodeBody(event);
    if (body.length > longestBodyBytes) {
      leaveOut(event.timeMs, 'event');
      return;
    }
    eventsWaiting += 1;
    push({ kind: 'event', event, body });
  }

  function encode(sample: Sample): Result<EncodedSample> {
    try {
      return ok(encoder.encode(sample));
    } catch (error) {
      return brokenOff(error);
    }
  }

  /** What a chunk sums up is taken for all its time: a suspend, a pause or a jump of the clock is not in it. */
  function followsHole({ monotonicMs, timeMs }: Sample): boolean {
    const before = last;
    const apartMs = before && Math.max(monotonicMs - before.monotonicMs, Math.abs(timeMs - before.timeMs));
    last = { monotonicMs, timeMs, apartMs: apartMs ?? 0 };
    return before !== null && apartMs !== null && apartMs > Math.max(holeMs, holeFactor * before.apartMs);
  }

  function beginsChunk({ monotonicMs, forest }: Sample): boolean {
    if (chunk === null || chunk.samples >= limits.chunkSamples) return true;
    if (chunk.bytes >= limits.chunkBytes || chunk.values >= limits.chunkValues) return true;
    const due = monotonicMs - chunk.sinceMs >= limits.chunkMs;
    // Whoever jumps here has the builds at once.
    return due && forest !== undefined && chunk.samples >= limits.chunkSamples / 8;
  }

  /** Should streams make it too long, it is recorded without them. */
  function encodeShort(sample: Sample, begins: boolean): Result<EncodedSample> {
    if (begins) encoder.beginChunk();
    const encoded = encode(sample);
    if (!encoded.ok || encoded.value.body.length <= longestBodyBytes || sample.logs === undefined)
      return encoded;
    logs.tooLong(sample.monotonicMs);
    // The encoder has seen what is not written.
    encoder.beginChunk();
    const { logs: _, ...rest } = sample;
    return encode(rest);
  }

  return {
    sample(sample, point, streams = unknown) {
      if (status.state !== 'recording') return;
      const { host = standing.host, storage = standing.storage } = sample;
      standing = { ...(host && { host }), ...(storage && { storage }) };
      if (gap !== null || queue.full) return drop(sample.timeMs, 'sample');
      const begins = followsHole(sample) || beginsChunk(sample);
      const whole = logs.take(begins ? { ...sample, ...standing } : sample, streams, begins);
      const encoded = encodeShort(whole, begins);
      if (!encoded.ok) return stop(encoded.problem);
      const { kind, body, chunkValues } = encoded.value;
      if (body.length > longestBodyBytes) {
        // The next one does not build on it.
        chunk = null;
        logs.missed();
        return leaveOut(sample.timeMs, 'sample');
      }
      if (kind === 'key') chunk = { sinceMs: sample.monotonicMs, samples: 0, bytes: 0, values: 0 };
      if (chunk === null) throw new Error('a delta without a chunk');
      chunk.samples += 1;
      chunk.bytes += body.length;
      chunk.values = chunkValues;
      push({ kind, body, point });
    },
    event(event) {
      if (status.state !== 'recording') return;
      if (eventsWaiting < mostEventsWaiting) pushEvent(event);
      else drop(event.timeMs, 'event');
    },
    get status() {
      return status;
    },
    onStatus(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async close() {
      if (gap !== null) endGap(gap);
      await writing;
      if (status.state !== 'recording') return;
      const closed = await segments.close().catch(brokenOff);
      if (!closed.ok) stop(closed.problem);
      else change({ state: 'off', writtenBytes: segments.writtenBytes });
      await retained;
    },
  };
}
