/** Bodies of the records that are not compressed: plain MessagePack. */
import { encode } from '@msgpack/msgpack';
import type { RecordedEvent } from '../model/recorded.ts';
import type { ChunkSummary, SegmentHeader, SegmentIndex } from './format.ts';

/** Fields that are undefined are left out. */
export function encodeBody(body: SegmentHeader | RecordedEvent | ChunkSummary | SegmentIndex): Uint8Array {
  return encode(body, { ignoreUndefined: true });
}
