/** A segment's records from its file, a window at a time: memory stays flat whatever its length. */
import type { ReadableFile } from '../platform/ports.ts';
import { type Scanned, type ScanState, scanRecords } from './scan.ts';

const windowBytes = 256 << 10;

/** From `state` on to `sizeBytes`, the size of the file. */
export async function* scanFile(
  file: ReadableFile,
  state: ScanState,
  sizeBytes: number,
): AsyncGenerator<Scanned, void, undefined> {
  for (let wanted = windowBytes; ; ) {
    const length = Math.max(0, Math.min(Math.max(wanted, windowBytes), sizeBytes - state.offset));
    const read = await file.read(state.offset, length);
    if (!read.ok) {
      const { kind, cause = kind } = read.problem;
      const { offset } = state;
      yield { what: 'damage', offset, bytes: sizeBytes - offset, why: `not readable (${cause})`, tail: true };
      return;
    }
    const bytes = read.value;
    const atEnd = bytes.length < length || state.offset + length >= sizeBytes;
    wanted = yield* scanRecords(bytes, state, atEnd);
    if (atEnd) return;
  }
}
