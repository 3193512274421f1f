/** Bodies of the records that are not compressed: plain MessagePack, not to be trusted when read. */
import { encode } from '@msgpack/msgpack';
import type { RecordedEvent } from '../model/past/recorded.ts';
import type { TrackPoint } from '../model/past/track.ts';
import { type ChunkSummary, formatVersion, type SegmentHeader, type SegmentIndex } from './format.ts';
import { readValue } from './message-pack.ts';
import { Malformed } from './patch.ts';

/** Fields that are undefined are left out. */
export function encodeBody(body: SegmentHeader | RecordedEvent | ChunkSummary | SegmentIndex): Uint8Array {
  return encode(body, { ignoreUndefined: true });
}

/** Null: not what a header says. Of a later format its number and its writer are known. */
export function readHeader(body: Uint8Array): SegmentHeader | null {
  const value = fieldsIn(body);
  if (value === null || !isCount(value['format']) || typeof value['writer'] !== 'string') return null;
  const isOurs =
    value['format'] > formatVersion || (typeof value['run'] === 'string' && isCount(value['part']));
  return isOurs ? (value as unknown as SegmentHeader) : null;
}

export function readSummary(body: Uint8Array): ChunkSummary | null {
  const value = fieldsIn(body);
  return value !== null && isSummary(value) ? value : null;
}

/** Null: of a kind that a later version writes, or none. */
export function readEvent(body: Uint8Array): RecordedEvent | null {
  const value = fieldsIn(body);
  return value !== null && isEvent(value) ? value : null;
}

/** Null unless its chunks follow each other from the start of the file to `endOffset`. */
export function readIndex(body: Uint8Array, endOffset: number): SegmentIndex | null {
  const value = fieldsIn(body);
  const chunks = value?.['chunks'];
  const events = value?.['events'];
  if (!Array.isArray(chunks) || !Array.isArray(events)) return null;
  let before = 0;
  for (const chunk of chunks) {
    if (!isFields(chunk) || !isSummary(chunk) || chunk.offset <= before || chunk.offset >= endOffset)
      return null;
    before = chunk.offset;
  }
  return { chunks, events: events.filter((event) => isFields(event) && isEvent(event)) };
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsIn(body: Uint8Array): Fields | null {
  try {
    const value = readValue(body, 'maps');
    return isFields(value) ? value : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

/** Unix ms that a Date can have. */
export function isTime(value: unknown): value is number {
  return isNumber(value) && Math.abs(value) <= 8.64e15;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isSummary(value: Fields): value is Fields & ChunkSummary {
  const { offset, point } = value;
  return isCount(offset) && isFields(point) && isPoint(point);
}

function isPoint(point: Fields): point is Fields & TrackPoint {
  const { fromMs, toMs, max, builds } = point;
  return (
    isTime(fromMs) &&
    isTime(toMs) &&
    fromMs <= toMs &&
    isFields(max) &&
    Object.values(max).every(isNumber) &&
    Array.isArray(builds) &&
    builds.every(
      (build) => isFields(build) && typeof build['name'] === 'string' && isNumber(build['residentBytes']),
    )
  );
}

function isEvent(value: Fields): value is Fields & RecordedEvent {
  const { kind, timeMs } = value;
  if (!isTime(timeMs)) return false;
  if (kind === 'note') return typeof value['text'] === 'string';
  if (kind === 'gap') {
    const { fromMs, samples, events = 0, why } = value;
    return isTime(fromMs) && isCount(samples) && isCount(events) && typeof why === 'string';
  }
  if (kind === 'alert') return hasTexts(value['event'], ['kind', 'level', 'text']);
  if (kind === 'action') return hasTexts(value['entry'], ['user', 'title', 'status', 'summary']);
  return false;
}

function hasTexts(value: unknown, names: readonly string[]): boolean {
  return isFields(value) && names.every((name) => typeof value[name] === 'string');
}
