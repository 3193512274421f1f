/**
 * Two ways to hold pages of our own in memory.
 *
 * Pinned, the kernel does not put them into swap: a page that a device could be writing to stays where it is
 * (mm/vmscan.c, folio_maybe_dma_pinned). They are pinned as the buffers of an io_uring that is used for nothing else
 * (io_uring_register(2)). Unlike a lock it lets V8 give pages back: madvise(2) succeeds, and the page goes when its
 * pin does.
 *
 * Touched, the kernel does not take them for unused ones: a byte of each is copied into a file in memory, which also
 * brings back what went into swap. For who may not pin them: it holds as long as we come around faster than the
 * kernel does.
 */
import { closeSync } from 'node:fs';
import type { WholeKernel } from './kernel.ts';
import { iovecs, type Range } from './own-pages.ts';

export interface Pins {
  /** These from now on, instead of those before; false where that could not be, and those before stay. */
  pin(ranges: readonly Range[]): Promise<boolean>;
  /** Once more, on this thread, for the sake of the errno; 0: now it could be. */
  refusal(ranges: readonly Range[]): number;
  release(): void;
}

/** Null without io_uring: a kernel before 5.1, or `kernel.io_uring_disabled`. */
export function createPins(kernel: WholeKernel): Pins | null {
  // In turn, so that at no time nothing is pinned.
  const rings = [kernel.ring(), kernel.ring()] as const;
  if (rings.some((ring) => ring < 0)) {
    for (const ring of rings) if (ring >= 0) closeSync(ring);
    return null;
  }
  let used = 0;
  let holds = false;
  return {
    async pin(ranges) {
      const next = 1 - used;
      if ((await kernel.buffersAside(rings[next] as number, iovecs(ranges))) < 0) return false;
      if (holds) await kernel.buffersAside(rings[used] as number, null);
      used = next;
      holds = true;
      return true;
    },
    refusal(ranges) {
      const next = 1 - used;
      if (kernel.buffers(rings[next] as number, iovecs(ranges)) < 0) return kernel.errno();
      used = next;
      holds = true;
      return 0;
    },
    release() {
      for (const ring of rings) closeSync(ring);
    },
  };
}

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
