/** A segment's records from its file, a window at a time: memory stays flat whatever its length. */
import type { ReadableFile } from '../platform/ports.ts';
import { type Scanned, type ScanState, scanRecords } from './scan.ts';

const windowBytes = 256 << 10;
/** What file systems and disks fail by: what is beside a bad block can be read. */
const blockBytes = 4096;
/** A disk may try for seconds at each bad block; one with so many in a row has failed. */
const mostBadBlocks = 64;

/** From `state` on to `sizeBytes`, the size of the file. */
export async function* scanFile(
  file: ReadableFile,
  state: ScanState,
  sizeBytes: number,
): AsyncGenerator<Scanned, void, undefined> {
  let badBlocks = 0;
  for (let wanted = windowBytes; ; ) {
    const length = Math.max(0, Math.min(Math.max(wanted, windowBytes), sizeBytes - state.offset));
    const { bytes, problem } = await readWindow(file, state.offset, length);
    if (problem === null) {
      const atEnd = bytes.length < length || state.offset + length >= sizeBytes;
      wanted = yield* scanRecords(bytes, state, atEnd ? 'nothing' : 'more');
      if (atEnd) return;
      continue;
    }
    const { kind, cause = kind } = problem;
    yield* scanRecords(bytes, state, `not readable (${cause})`);
    badBlocks = bytes.length === 0 ? badBlocks + 1 : 1;
    const after = state.offset + blockBytes - (state.offset % blockBytes);
    state.offset = badBlocks < mostBadBlocks ? Math.min(after, sizeBytes) : sizeBytes;
    wanted = windowBytes;
  }
}

/** All of it, or what stands before the first bad block and why no more. */
async function readWindow(file: ReadableFile, offset: number, length: number) {
  const whole = await file.read(offset, length);
  if (whole.ok && whole.value.length === length) return { bytes: whole.value, problem: null };
  const bytes = new Uint8Array(length);
  let filled = whole.ok ? whole.value.length : 0;
  if (whole.ok) bytes.set(whole.value);
  while (filled < length) {
    const toBlockEnd = blockBytes - ((offset + filled) % blockBytes);
    const block = await file.read(offset + filled, Math.min(toBlockEnd, length - filled));
    if (!block.ok) return { bytes: bytes.subarray(0, filled), problem: block.problem };
    if (block.value.length === 0) break;
    bytes.set(block.value, filled);
    filled += block.value.length;
  }
  return { bytes: bytes.subarray(0, filled), problem: null };
}
