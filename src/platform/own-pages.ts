/** Which pages are the program's own memory: of /proc/self/maps and /proc/self/pagemap. */
import { type FileHandle, readFile } from 'node:fs/promises';

export interface Range {
  readonly start: number;
  /** Exclusive. */
  readonly end: number;
}

/**
 * Private memory that no file is behind, readable and writable:
 * `7f5a28000000-7f5a28826000 rw-p 00000000 00:00 0` (proc_pid_maps(5)).
 */
export function anonymousRanges(maps: string): Range[] {
  return [...maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw.p \S+ \S+ 0 *(?:\[(?:heap|stack)\])?$/gm)].map(
    ([, start = '', end = '']) => ({ start: Number.parseInt(start, 16), end: Number.parseInt(end, 16) }),
  );
}

const bytesPerEntry = 8;
/** Of an entry's last byte: bits 63, in memory, 62, in swap, and 58, a guard region (kernel: pagemap.rst). */
const inMemory = 0x80;
const inSwap = 0x40;
const isGuard = 0x04;
/**
 * Of the first byte of one in swap: bits 0 to 4, its swap type. The last is a marker and no swap (linux/swapops.h,
 * SWP_PTE_MARKER): so guards look before Linux 6.15, which has no bit for them.
 */
const swapType = 0x1f;
const marker = 0x1f;

/**
 * The numbers of the entries of pages that hold something. A guard page, of which glibc 2.42 has one in every
 * thread's stack (MADV_GUARD_INSTALL), says that it is in swap and cannot be touched.
 */
export function usedEntries(pagemap: Uint8Array): number[] {
  const used: number[] = [];
  for (let first = 0; first + bytesPerEntry <= pagemap.length; first += bytesPerEntry) {
    const flags = pagemap[first + bytesPerEntry - 1] ?? 0;
    const swapped =
      (flags & inSwap) !== 0 && (flags & isGuard) === 0 && ((pagemap[first] ?? 0) & swapType) !== marker;
    if ((flags & inMemory) !== 0 || swapped) used.push(first / bytesPerEntry);
  }
  return used;
}

/** What `usedRanges` reads into: one for all rounds, so that none of them takes memory anew. */
export const createChunk = () => new Uint8Array(64 << 10);

/** Memory of our own that is there or in swap, neighbouring pages as one range. `pagemap`: open for reading. */
export async function usedRanges(
  pagemap: FileHandle,
  pageBytes: number,
  chunk = createChunk(),
): Promise<Range[]> {
  const found: { start: number; end: number }[] = [];
  for (const { start, end } of anonymousRanges(await readFile('/proc/self/maps', 'latin1'))) {
    const first = start / pageBytes;
    const bytes = ((end - start) / pageBytes) * bytesPerEntry;
    for (let at = 0; at < bytes; ) {
      const most = Math.min(chunk.length, bytes - at);
      const { bytesRead } = await pagemap.read(chunk, 0, most, first * bytesPerEntry + at);
      if (bytesRead === 0) break;
      for (const entry of usedEntries(chunk.subarray(0, bytesRead))) {
        const page = (first + at / bytesPerEntry + entry) * pageBytes;
        const last = found.at(-1);
        if (last?.end === page) last.end += pageBytes;
        else found.push({ start: page, end: page + pageBytes });
      }
      at += bytesRead;
    }
  }
  return found;
}

/** `struct iovec`s: address and length, two 64-bit words each. */
export function iovecs(ranges: readonly Range[]): BigUint64Array<ArrayBuffer> {
  const pieces = new BigUint64Array(2 * ranges.length);
  ranges.forEach(({ start, end }, index) => {
    pieces[2 * index] = BigInt(start);
    pieces[2 * index + 1] = BigInt(end - start);
  });
  return pieces;
}
