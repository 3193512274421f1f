/** Finds the records in the bytes of a segment, and after damage the next ones. */
import { mark, recordHeadBytes, recordKinds } from './format.ts';
import { checksumOf, longestRecordBytes, readTrailer, trailerBytes, viewOf } from './frame.ts';

export type Scanned =
  | {
      readonly what: 'record';
      /** As in recordKinds; others may be of a later version. */
      readonly kind: number;
      readonly offset: number;
      readonly bytes: number;
      readonly body: Uint8Array;
    }
  | {
      readonly what: 'damage';
      readonly offset: number;
      readonly bytes: number;
      readonly why: string;
      /** No record follows: perhaps one is just being written. */
      readonly tail: boolean;
    };

/** Where a scan is; changed as it goes on. */
export interface ScanState {
  /** Of the next record, or of where the next one is looked for. Bytes from the start of the file. */
  offset: number;
  /** What is being looked past, and why. */
  damaged: { readonly from: number; readonly why: string } | null;
  /** Checksum of the last key or delta. */
  chain: number;
  /** Bytes that checksums may still be tried on in vain. */
  patience: number;
}

/** A file made to be read for ever is given up; ours need some thousand bytes. */
const patienceBytes = 256 << 20;

export function scanFrom(offset: number): ScanState {
  return { offset, damaged: null, chain: 0, patience: patienceBytes };
}

/** What comes after some bytes: more of the file, its end, or what cannot be read, with the words for that. */
export type Follows = 'more' | 'nothing' | `not readable (${string})`;

/**
 * `bytes` begin at `state.offset`. Returns how many of them, counted from the offset that it has come to, it
 * needs to go on, where more follows; else it has come to their end. Damage at the end of the file stays the
 * place to go on from; what cannot be read is damage, to be looked past from wherever the caller goes on.
 */
export function* scanRecords(
  bytes: Uint8Array,
  state: ScanState,
  follows: Follows,
): Generator<Scanned, number, undefined> {
  const atEnd = follows === 'nothing';
  const cut = follows === 'nothing' || follows === 'more' ? 'cut off' : follows;
  const base = state.offset;
  const view = viewOf(bytes);
  for (;;) {
    if (state.damaged !== null) {
      const found = bytes.indexOf(mark[0], state.offset - base);
      state.offset = base + (found === -1 ? bytes.length : found);
    }
    const at = state.offset - base;
    if (at === bytes.length) {
      if (atEnd) yield* endOfFile(state);
      else if (follows !== 'more') state.damaged ??= { from: state.offset, why: follows };
      return recordHeadBytes;
    }
    if (atEnd && isTrailer(bytes, at)) {
      state.offset += trailerBytes;
      yield* endOfFile(state);
      return recordHeadBytes;
    }
    const seen = look(bytes, view, at, state);
    if (seen.what === 'more' && follows === 'more') return seen.bytes;
    if (seen.what === 'record') {
      yield* endOfDamage(state, false);
      const { kind, bytes: length } = seen;
      const body = bytes.subarray(at + recordHeadBytes, at + length);
      const { offset } = state;
      state.offset += length;
      if (isSampleRecord(kind)) state.chain = view.getUint32(at + 7, true);
      yield { what: 'record', kind, offset, bytes: length, body };
      continue;
    }
    state.damaged ??= { from: state.offset, why: seen.what === 'more' ? cut : seen.why };
    state.offset += 1;
  }
}

type Look =
  | { readonly what: 'record'; readonly kind: number; readonly bytes: number }
  | { readonly what: 'more'; readonly bytes: number }
  | { readonly what: 'none'; readonly why: string };

function look(bytes: Uint8Array, view: DataView, at: number, state: ScanState): Look {
  const left = bytes.length - at;
  if (bytes[at] !== mark[0] || (left > 1 && bytes[at + 1] !== mark[1])) {
    return { what: 'none', why: 'no record begins here' };
  }
  if (left < recordHeadBytes) return { what: 'more', bytes: recordHeadBytes };
  const kind = view.getUint8(at + 2);
  const length = recordHeadBytes + view.getUint32(at + 3, true);
  if (length > longestRecordBytes) return { what: 'none', why: 'its length cannot be' };
  if (state.patience <= 0) return { what: 'none', why: 'damaged all over' };
  if (left < length) return { what: 'more', bytes: length };
  const checksum = checksumOf(bytes.subarray(at, at + length), kind === recordKinds.delta ? state.chain : 0);
  if (checksum === view.getUint32(at + 7, true)) return { what: 'record', kind, bytes: length };
  state.patience -= length;
  return { what: 'none', why: 'checksum does not fit' };
}

function isSampleRecord(kind: number): boolean {
  return kind === recordKinds.key || kind === recordKinds.delta;
}

function isTrailer(bytes: Uint8Array, at: number): boolean {
  return bytes.length - at === trailerBytes && readTrailer(bytes.subarray(at)) !== null;
}

function* endOfDamage(state: ScanState, tail: boolean): Generator<Scanned> {
  const { damaged, offset } = state;
  state.damaged = null;
  if (damaged === null) return;
  yield { what: 'damage', offset: damaged.from, bytes: offset - damaged.from, why: damaged.why, tail };
}

function* endOfFile(state: ScanState): Generator<Scanned> {
  const { damaged } = state;
  yield* endOfDamage(state, true);
  if (damaged !== null) state.offset = damaged.from;
}
