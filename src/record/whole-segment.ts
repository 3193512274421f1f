/** A segment of one chunk, made at once in memory: for a copy of what was recorded. */
import type { RecordedEvent } from '../model/past/recorded.ts';
import type { TrackPoint } from '../model/past/track.ts';
import type { Sample } from '../model/sample.ts';
import { encodeBody } from './bodies.ts';
import { createChunkStream } from './chunk-stream.ts';
import { createEncoder } from './encode.ts';
import { formatVersion, type SegmentHeader } from './format.ts';
import { createFramer, frameTrailer, longestRecordBytes, segmentMagic } from './frame.ts';

export interface WholeSegment {
  readonly header: Omit<SegmentHeader, 'format'>;
  /** Of one writer, in order; at least one. */
  readonly samples: readonly Sample[];
  /** Of all of them. */
  readonly point: TrackPoint;
  readonly events: readonly RecordedEvent[];
}

/** Samples that no record holds are left out, and with them what followed: `samples` says how many are in it. */
export async function wholeSegment({
  header,
  samples,
  point,
  events,
}: WholeSegment): Promise<{ readonly bytes: Uint8Array; readonly samples: number }> {
  const framer = createFramer();
  const encoder = createEncoder();
  const stream = createChunkStream();
  const pieces: Uint8Array[] = [
    segmentMagic,
    framer.frame('header', encodeBody({ format: formatVersion, ...header })),
  ];
  let sizeBytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const add = (piece: Uint8Array) => {
    pieces.push(piece);
    sizeBytes += piece.length;
  };
  const offset = sizeBytes;
  let count = 0;
  try {
    for (const sample of samples) {
      const { kind, body } = encoder.encode(sample);
      if (body.length > longestRecordBytes / 2) break;
      add(framer.frame(kind, await stream.next(body)));
      count += 1;
    }
  } finally {
    stream.close();
  }
  for (const event of events) add(framer.frame('event', encodeBody(event)));
  const chunks = [{ offset, samples: count, point }];
  add(framer.frame('chunk', encodeBody({ offset, samples: count, point })));
  const at = sizeBytes;
  add(framer.frame('index', encodeBody({ chunks, events })));
  add(frameTrailer(at));
  return { bytes: Buffer.concat(pieces), samples: count };
}
