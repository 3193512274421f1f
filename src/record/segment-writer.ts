/** Writes segments one after the other: records in their order, a summary per chunk, an index at the end. */

import { ok, type Result } from '../base/problem.ts';
import type { RecordedEvent } from '../model/past/recorded.ts';
import { mergeTrackPoints, type TrackPoint } from '../model/past/track.ts';
import type { Clock, RecordingFiles, WritableFile } from '../platform/ports.ts';
import { encodeBody } from './bodies.ts';
import { type ChunkStream, createChunkStream } from './chunk-stream.ts';
import {
  type ChunkSummary,
  formatVersion,
  recordHeadBytes,
  type SegmentHeader,
  segmentName,
} from './format.ts';
import { createFramer, type Framer, frameTrailer, longestRecordBytes, segmentMagic } from './frame.ts';
import type { RecorderLimits } from './limits.ts';

export type Item =
  | { readonly kind: 'key' | 'delta'; readonly body: Uint8Array; readonly point: TrackPoint }
  | { readonly kind: 'event'; readonly body: Uint8Array; readonly event: RecordedEvent };

export interface SegmentWriter {
  /** One at a time. After a failure nothing more is written. */
  put(item: Item): Promise<Result<void>>;
  /** Ends the chunk and the segment; a reader need not look for them. */
  close(): Promise<Result<void>>;
  /** Gives up: closes the file as it is. */
  abandon(): Promise<void>;
  readonly writtenBytes: number;
}

export interface SegmentWriterOptions {
  readonly files: RecordingFiles;
  readonly clock: Clock;
  readonly directory: string;
  readonly header: Pick<SegmentHeader, 'writer' | 'hostName'>;
  readonly pid: number;
  readonly limits: RecorderLimits;
  readonly onOpened: (name: string) => void;
}

interface Segment {
  readonly file: WritableFile;
  readonly framer: Framer;
  readonly openedMs: number;
  readonly chunks: ChunkSummary[];
  readonly events: RecordedEvent[];
  sizeBytes: number;
  chunk: Chunk | null;
  /** On a grid: samples that come a moment early do not make it every other one. */
  syncDueMs: number;
  syncing: boolean;
  syncFailure: Result<void> | null;
}
interface Chunk {
  readonly stream: ChunkStream;
  readonly offset: number;
  samples: number;
  point: TrackPoint;
}

/** Names of one millisecond and pid (two containers on one disk) are told apart by count. */
const mostTries = 8;

export function createSegmentWriter(options: SegmentWriterOptions): SegmentWriter {
  const { files, clock, directory, header, pid, limits, onOpened } = options;
  let segment: Segment | null = null;
  let opened = 0;
  /** When the first segment began tells apart who had the same pid at another time. */
  let run: string | null = null;
  let writtenBytes = 0;

  async function create(): Promise<Result<WritableFile>> {
    for (let tries = 1; ; tries += 1) {
      opened += 1;
      const name = segmentName(clock.now(), pid, opened);
      const file = await files.create(`${directory}/${name}`);
      if (!file.ok && file.problem.cause === 'EEXIST' && tries < mostTries) continue;
      if (file.ok) onOpened(name);
      return file;
    }
  }

  async function open(): Promise<Result<Segment>> {
    const file = await create();
    if (!file.ok) return file;
    const nowMs = clock.monotonic();
    segment = {
      file: file.value,
      framer: createFramer(),
      openedMs: nowMs,
      chunks: [],
      events: [],
      sizeBytes: 0,
      chunk: null,
      syncDueMs: nowMs + limits.syncMs,
      syncing: false,
      syncFailure: null,
    };
    const startedMs = clock.now();
    run ??= `${header.hostName ?? ''}-${pid}-${startedMs}`;
    const facts: SegmentHeader = { format: formatVersion, ...header, startedMs, run, part: opened };
    const record = segment.framer.frame('header', encodeBody(facts));
    const written = await write(segment, Buffer.concat([segmentMagic, record]));
    return written.ok ? ok(segment) : written;
  }

  async function write(to: Segment, bytes: Uint8Array): Promise<Result<void>> {
    if (to.syncFailure !== null) return to.syncFailure;
    const written = await to.file.write(bytes);
    if (!written.ok) return written;
    to.sizeBytes += bytes.length;
    writtenBytes += bytes.length;
    const nowMs = clock.monotonic();
    if (!to.syncing && nowMs >= to.syncDueMs) {
      to.syncing = true;
      to.syncDueMs = Math.max(nowMs, to.syncDueMs + limits.syncMs);
      // Beside the writes: they go on into memory while the disk takes its time.
      void to.file.sync().then((synced) => {
        to.syncing = false;
        if (!synced.ok) to.syncFailure = synced;
      });
    }
    return written;
  }

  async function endChunk(of: Segment): Promise<Result<void>> {
    const { chunk } = of;
    if (chunk === null) return ok(undefined);
    of.chunk = null;
    chunk.stream.close();
    const { offset, samples, point } = chunk;
    of.chunks.push({ offset, samples, point });
    return write(of, of.framer.frame('chunk', encodeBody({ offset, samples, point })));
  }

  async function endSegment(of: Segment): Promise<Result<void>> {
    const ended = await endChunk(of);
    if (!ended.ok) return ended;
    const { chunks, events, sizeBytes } = of;
    const body = encodeBody({ chunks, events });
    // It repeats all events. Without one a reader looks the segment through.
    if (recordHeadBytes + body.length <= longestRecordBytes) {
      const index = of.framer.frame('index', body);
      const written = await write(of, Buffer.concat([index, frameTrailer(sizeBytes)]));
      if (!written.ok) return written;
    }
    const synced = await of.file.sync();
    if (!synced.ok) return synced;
    segment = null;
    return of.file.close();
  }

  function isFull({ sizeBytes, openedMs }: Segment): boolean {
    return sizeBytes >= limits.segmentBytes || clock.monotonic() - openedMs >= limits.segmentMs;
  }

  /** The segment that the item goes into. */
  async function segmentFor(item: Item): Promise<Result<Segment>> {
    if (segment === null) return open();
    if (item.kind !== 'key') return ok(segment);
    const ended = await endChunk(segment);
    if (!ended.ok) return ended;
    const linked = await segment.file.linked();
    if (linked.ok && !linked.value) {
      // By somebody who makes room, or by another program for which we were silent too long.
      await abandon();
      return open();
    }
    if (!isFull(segment)) return ok(segment);
    const closed = await endSegment(segment);
    return closed.ok ? open() : closed;
  }

  async function putSample(to: Segment, item: Item & { readonly kind: 'key' | 'delta' }) {
    if (item.kind === 'key') {
      to.chunk = { stream: createChunkStream(), offset: to.sizeBytes, samples: 0, point: item.point };
    }
    const { chunk } = to;
    if (chunk === null) throw new Error('a delta without a chunk');
    const body = await chunk.stream.next(item.body);
    const written = await write(to, to.framer.frame(item.kind, body));
    chunk.samples += 1;
    chunk.point = mergeTrackPoints([chunk.point, item.point]) ?? item.point;
    return written;
  }

  async function abandon(): Promise<void> {
    const left = segment;
    segment = null;
    left?.chunk?.stream.close();
    await left?.file.close();
  }

  return {
    async put(item) {
      const to = await segmentFor(item);
      if (!to.ok) return to;
      if (item.kind !== 'event') return putSample(to.value, item);
      to.value.events.push(item.event);
      return write(to.value, to.value.framer.frame('event', item.body));
    },
    close: async () => (segment === null ? ok(undefined) : endSegment(segment)),
    abandon,
    get writtenBytes() {
      return writtenBytes;
    },
  };
}
