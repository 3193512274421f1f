/** A segment of a few chunks with every kind of record in it, and where each record lies. */
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import type { TrackPoint } from '../../src/model/past/track.ts';
import type { Sample } from '../../src/model/sample.ts';
import { encodeBody } from '../../src/record/bodies.ts';
import { createChunkStream } from '../../src/record/chunk-stream.ts';
import { createEncoder } from '../../src/record/encode.ts';
import {
  type ChunkSummary,
  formatVersion,
  type RecordKind,
  type SegmentHeader,
} from '../../src/record/format.ts';
import { createFramer, frameTrailer, segmentMagic } from '../../src/record/frame.ts';
import { forest, process } from '../support/forest-raw.ts';

export interface PlacedRecord {
  readonly kind: RecordKind;
  readonly offset: number;
  readonly bytes: number;
  /** Of a key or delta. */
  readonly sample?: Sample;
  readonly event?: RecordedEvent;
}

export interface SmallRecording {
  readonly bytes: Uint8Array;
  readonly records: readonly PlacedRecord[];
  /** By chunk. */
  readonly chunks: readonly (readonly Sample[])[];
  readonly events: readonly RecordedEvent[];
  /** Without index and trailer. */
  readonly unended: Uint8Array;
}

export const startMs = Date.UTC(2026, 10, 20, 13, 28);
export const path = '/recordings/20261120T132800000Z-77-1.nixpulse';
export const header: SegmentHeader = {
  format: formatVersion,
  writer: '1.2.3',
  hostName: 'box',
  startedMs: startMs,
  run: 'box-77',
  part: 1,
};

export function sampleAt(n: number): Sample {
  const atMs = n * 1000;
  const processes = [10, 20, 30, 40 + (n >> 1)].map((pid) =>
    process({
      pid,
      comm: `cc1plus-${pid}`,
      userTicks: n * pid,
      residentBytes: 4096 * (1000 + ((n * 7919) % pid)),
    }),
  );
  return {
    version: 1,
    timeMs: startMs + atMs,
    monotonicMs: atMs,
    ...(n % 3 === 1 ? {} : { forest: { atMs, ok: true, value: forest(processes, { treeAtMs: atMs }) } }),
  };
}

export function pointOf(samples: readonly Sample[]): TrackPoint {
  const times = samples.map(({ timeMs }) => timeMs);
  return { fromMs: Math.min(...times), toMs: Math.max(...times), max: { ioSomePercent: 12 }, builds: [] };
}

/** Chunks of so many samples each; an event within each and one after it. */
export async function smallRecording(lengths: readonly number[] = [4, 3, 5]): Promise<SmallRecording> {
  const encoder = createEncoder();
  const framer = createFramer();
  const records: PlacedRecord[] = [];
  const pieces: Uint8Array[] = [segmentMagic];
  const chunks: Sample[][] = [];
  const summaries: ChunkSummary[] = [];
  const events: RecordedEvent[] = [];
  let size = segmentMagic.length;

  function add(
    kind: RecordKind,
    body: Uint8Array,
    more: Pick<PlacedRecord, 'sample' | 'event'> = {},
  ): number {
    const record = framer.frame(kind, body);
    const offset = size;
    records.push({ kind, offset, bytes: record.length, ...more });
    pieces.push(record);
    size += record.length;
    return offset;
  }
  function addEvent(text: string): void {
    const event: RecordedEvent = { kind: 'note', timeMs: startMs + events.length, text };
    events.push(event);
    add('event', encodeBody(event), { event });
  }

  add('header', encodeBody(header));
  let n = 0;
  for (const length of lengths) {
    const stream = createChunkStream();
    const samples: Sample[] = [];
    encoder.beginChunk();
    let offset = 0;
    for (let i = 0; i < length; i++) {
      const sample = sampleAt(n++);
      samples.push(sample);
      const { kind, body } = encoder.encode(sample);
      const placed = add(kind, await stream.next(body), { sample });
      if (i === 0) offset = placed;
      if (i === 1) addEvent(`within ${chunks.length}`);
    }
    stream.close();
    const summary = { offset, samples: length, point: pointOf(samples) };
    summaries.push(summary);
    add('chunk', encodeBody(summary));
    addEvent(`after ${chunks.length}`);
    chunks.push(samples);
  }
  // Not as Buffers: their slices would be the same bytes.
  const unended = Uint8Array.from(Buffer.concat(pieces));
  const index = add('index', encodeBody({ chunks: summaries, events }));
  pieces.push(frameTrailer(index));
  return { bytes: Uint8Array.from(Buffer.concat(pieces)), records, chunks, events, unended };
}
