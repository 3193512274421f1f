/** Bodies of the records that are not compressed: plain MessagePack, not to be trusted when read. */
import { encode } from '@msgpack/msgpack';
import { type Fields, isFields } from '../base/fields.ts';
import { readEntry } from '../model/intents/read-entry.ts';
import { foreignEvent, readEvent as readModelEvent } from '../model/past/event-data.ts';
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

/** Null: none. */
export function readEvent(body: Uint8Array): RecordedEvent | null {
  const value = fieldsIn(body);
  return value === null ? null : recordedEvent(value);
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
  return { chunks, events: events.flatMap((event) => (isFields(event) ? (recordedEvent(event) ?? []) : [])) };
}

function fieldsIn(body: Uint8Array): Fields | null {
  try {
    const value = readValue(body, 'maps');
    return isFields(value) ? value : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
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

/** Of a kind that a later version writes: as an alert, with the words that came with it. */
function recordedEvent(value: Fields): RecordedEvent | null {
  const { kind, timeMs } = value;
  if (!isTime(timeMs) || typeof kind !== 'string') return null;
  switch (kind) {
    case 'note':
      return typeof value['text'] === 'string' ? (value as Fields & RecordedEvent) : null;
    case 'gap': {
      const { fromMs, samples, events = 0, why } = value;
      const isGap = isTime(fromMs) && isCount(samples) && isCount(events) && typeof why === 'string';
      return isGap ? (value as Fields & RecordedEvent) : null;
    }
    case 'alert': {
      const event = readModelEvent(value['event']);
      return event === null ? null : { kind, timeMs, event };
    }
    case 'action': {
      const entry = readEntry(value['entry']);
      return entry === null ? null : { kind, timeMs, entry };
    }
    default:
      return { kind: 'alert', timeMs, event: foreignEvent(value, kind, timeMs) };
  }
}
