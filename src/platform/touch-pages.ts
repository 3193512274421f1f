/**
 * Uses pages of our own, so that the kernel does not take them for unused ones: a byte of each is copied into a
 * file in memory, which also brings back what went into swap. For who may not pin them: it holds as long as we
 * come around faster than the kernel does.
 */
import type { WholeKernel } from './kernel.ts';
import { iovecs, type Range } from './own-pages.ts';

/** UIO_MAXIOV. */
const mostPieces = 1024;

/** A `struct iovec` of one byte for each page. */
export function bytesOfPages(ranges: readonly Range[], pageBytes: number): BigUint64Array<ArrayBuffer> {
  const bytes: Range[] = [];
  for (const { start, end } of ranges) {
    for (let page = start; page < end; page += pageBytes) bytes.push({ start: page, end: page + 1 });
  }
  return iovecs(bytes);
}

/** `file`: of `kernel.memoryFile()`. How many pages there were. */
export async function touchPages(kernel: WholeKernel, file: number, pieces: BigUint64Array): Promise<number> {
  const count = pieces.length / 2;
  let touched = 0;
  for (let from = 0; from < count; ) {
    const end = Math.min(count, from + mostPieces);
    const written = Math.max(0, await kernel.writeAside(file, pieces.subarray(2 * from, 2 * end)));
    touched += written;
    // It ends before a page that is no longer ours: on with the one after it.
    from += from + written === end ? written : written + 1;
  }
  return touched;
}
