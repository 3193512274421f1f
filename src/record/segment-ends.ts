/** What the two ends of a segment tell of it: who wrote it, and the index where it was closed well. */
import { fail, ok, type Problem, type Result } from '../base/problem.ts';
import type { ReadableFile } from '../platform/ports.ts';
import { readHeader, readIndex } from './bodies.ts';
import { formatVersion, recordHeadBytes, recordKinds, type SegmentIndex } from './format.ts';
import { longestRecordBytes, readTrailer, segmentMagic, trailerBytes } from './frame.ts';
import { scanFrom, scanRecords } from './scan.ts';

const headBytes = 4096;

export interface SegmentHead {
  /** It begins as ours do. */
  readonly named: boolean;
  /** Why nothing of it could be read. */
  readonly unread: Problem | null;
  /** As in SegmentHeader; where that is damaged the segment stands alone. */
  readonly run: string;
  readonly part: number;
}

/** A Problem where it is of a later format. A head that is damaged or cannot be read is none. */
export async function readHead(file: ReadableFile, path: string): Promise<Result<SegmentHead>> {
  const read = await file.read(0, headBytes);
  const bytes = read.ok ? read.value : new Uint8Array();
  const named = segmentMagic.every((byte, i) => bytes[i] === byte);
  const [first] = scanRecords(bytes.subarray(segmentMagic.length), scanFrom(segmentMagic.length), 'nothing');
  const header =
    first?.what === 'record' && first.kind === recordKinds.header ? readHeader(first.body) : null;
  if (header !== null && header.format > formatVersion) {
    const { writer, format } = header;
    const cause = `written by nixpulse ${writer} in format ${format}: update, this one reads up to ${formatVersion}`;
    return fail('unsupported', path, cause);
  }
  const unread = read.ok ? null : read.problem;
  return ok({ named, unread, run: header?.run ?? path, part: header?.part ?? 0 });
}

/** Null where there is none, or not a whole one: the segment has to be looked through. */
export async function readSegmentIndex(file: ReadableFile, sizeBytes: number): Promise<SegmentIndex | null> {
  const end = await file.read(Math.max(0, sizeBytes - trailerBytes), trailerBytes);
  const offset = end.ok ? readTrailer(end.value) : null;
  if (offset === null) return null;
  const length = sizeBytes - trailerBytes - offset;
  if (length < recordHeadBytes || length > longestRecordBytes) return null;
  const read = await file.read(offset, length);
  if (!read.ok) return null;
  const [record] = scanRecords(read.value, scanFrom(offset), 'nothing');
  if (record?.what !== 'record' || record.kind !== recordKinds.index || record.bytes !== length) return null;
  return readIndex(record.body, offset);
}
