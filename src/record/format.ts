/**
 * The recording format, version 1. A recording is a directory of segments; a segment is one writer's file,
 * append-only, made with O_EXCL and never written by another process.
 *
 *   file    = "NIXPULSE" record*
 *   record  = mark kind length checksum body
 *     mark      2 bytes  0xF5 0x9E, where reading begins anew after damage
 *     kind      1 byte   below; a reader skips the kinds it does not know
 *     length    4 bytes  little-endian, of the body
 *     checksum  4 bytes  little-endian, CRC-32 of kind, length and body; of a delta it goes on from the
 *                        checksum of the key or delta before, so that none is applied to another
 *
 * Bodies are MessagePack. Maps name their fields; a field once written keeps its meaning and type for ever,
 * new ones are added, readers skip what they do not know.
 *
 *   header   the first record: SegmentHeader
 *   key      a chunk begins: a whole Sample. Starts a zstd stream.
 *   delta    the next Sample as its difference from the one before; goes on with the stream
 *   event    a RecordedEvent, not compressed
 *   chunk    ends a chunk: ChunkSummary
 *   index    ends a segment that was closed well: SegmentIndex; then the trailer: the index record's offset
 *            (8 bytes, little-endian) and "NPINDEX1". A segment without it is read from its start once.
 *
 * `key` and `delta` bodies are the bytes that the chunk's one zstd stream gave when flushed after that
 * Sample (packed.ts says what is in them): the records of a chunk are read in order, and one that is damaged
 * ends its chunk.
 */
import type { RecordedEvent } from '../model/past/recorded.ts';
import type { TrackPoint } from '../model/past/track.ts';

export const formatVersion = 1;
export const magic = 'NIXPULSE';
export const trailerMagic = 'NPINDEX1';
export const mark = [0xf5, 0x9e] as const;
export const recordHeadBytes = 11;
/** Segment files: `20261120T210411123Z-<pid>-<n>.nixpulse`; names sort by time. */
export const extension = '.nixpulse';

export const recordKinds = { header: 1, key: 2, delta: 3, event: 4, chunk: 5, index: 6 } as const;
export type RecordKind = keyof typeof recordKinds;

export interface SegmentHeader {
  readonly format: number;
  /** Version of nixpulse that wrote it. */
  readonly writer: string;
  readonly hostName: string | null;
  /** Unix ms; for people, no reader needs it. */
  readonly startedMs: number;
  /** The same in all segments of one process, and in no other's. */
  readonly run: string;
  /** Its segments are numbered upwards in the order in which they were written, whatever the clock did. */
  readonly part: number;
}

/** What a reader needs to know of a chunk without reading it. */
export interface ChunkSummary {
  /** Of its `key` record, bytes from the start of the file. */
  readonly offset: number;
  /** How many; no reader needs it. */
  readonly samples: number;
  /** Its span in Unix ms and its highest values. */
  readonly point: TrackPoint;
}

export interface SegmentIndex {
  readonly chunks: readonly ChunkSummary[];
  readonly events: readonly RecordedEvent[];
}

/** Names of segments: when, by whom, which one. They sort by time. */
const segmentNamePattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z-(\d+)-(\d+)\.nixpulse$/;

/** `timeMs`: Unix ms, within the years of four digits. */
export function segmentName(timeMs: number, pid: number, count: number): string {
  return `${new Date(timeMs).toISOString().replace(/[-:.]/g, '')}-${pid}-${count}${extension}`;
}

/** The pid of who wrote it; null: not a name that we give. */
export function writerOf(name: string): number | null {
  const [, year, month, day, hour, minute, second, ms, pid] = segmentNamePattern.exec(name) ?? [];
  const timeMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(timeMs) ? null : Number(pid);
}
