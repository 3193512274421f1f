/** Records as bytes in a segment: framing them, and finding them again in whatever a disk gives back. */
import { crc32 } from 'node:zlib';
import { magic, mark, type RecordKind, recordHeadBytes, recordKinds, trailerMagic } from './format.ts';

/** A longer record is damage to a reader; a writer drops the sample. */
export const longestRecordBytes = 8 << 20;
export const trailerBytes = 16;

const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What a segment begins with. */
export const segmentMagic: Uint8Array = bytesOf(magic);
const trailerEnd = bytesOf(trailerMagic);

export interface Framer {
  /** The record with its head. Throws a RangeError when the body is longer than a record may be. */
  frame(kind: RecordKind, body: Uint8Array): Uint8Array;
}

/**
 * Frames the records of one segment in their order. A delta's checksum goes on from the one of the record
 * that it changes, so that a delta is never taken for the successor of another.
 */
export function createFramer(): Framer {
  let chain = 0;
  return {
    frame(kind, body) {
      const record = frameRecord(kind, body, kind === 'delta' ? chain : 0);
      if (kind === 'key' || kind === 'delta') chain = viewOf(record).getUint32(7, true);
      return record;
    },
  };
}

/** One record by itself; `after` is the checksum that a delta goes on from, see createFramer. */
export function frameRecord(kind: RecordKind, body: Uint8Array, after = 0): Uint8Array {
  if (recordHeadBytes + body.length > longestRecordBytes) throw new RangeError('the record is too long');
  const record = new Uint8Array(recordHeadBytes + body.length);
  const view = viewOf(record);
  record.set(mark);
  record[2] = recordKinds[kind];
  view.setUint32(3, body.length, true);
  record.set(body, recordHeadBytes);
  view.setUint32(7, checksumOf(record, after), true);
  return record;
}

/** Ends a segment, right after its index record. */
export function frameTrailer(indexOffset: number): Uint8Array {
  const trailer = new Uint8Array(trailerBytes);
  viewOf(trailer).setBigUint64(0, BigInt(indexOffset), true);
  trailer.set(trailerEnd, 8);
  return trailer;
}

/** Offset of the index record that the last 16 bytes of a segment tell; null when they are no trailer. */
export function readTrailer(bytes: Uint8Array): number | null {
  if (bytes.length !== trailerBytes || !trailerEnd.every((byte, i) => bytes[8 + i] === byte)) return null;
  const offset = viewOf(bytes).getBigUint64(0, true);
  return offset > BigInt(Number.MAX_SAFE_INTEGER) ? null : Number(offset);
}

/** Of a whole record: kind, length and body. */
export function checksumOf(record: Uint8Array, after: number): number {
  return crc32(record.subarray(recordHeadBytes), crc32(record.subarray(2, 7), after));
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
