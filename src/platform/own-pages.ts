/** Which pages are the program's own memory: of /proc/self/maps and /proc/self/pagemap. */
import { readFile } from 'node:fs/promises';

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
/** Of an entry's high word: bits 63, in memory, 62, in swap, and 58, a guard region (kernel: pagemap.rst). */
const inMemory = 1 << 31;
const inSwap = 1 << 30;
const isGuard = 1 << 26;
/**
 * Of the low word of one in swap: bits 0 to 4, its swap type. The last is a marker and no swap (linux/swapops.h,
 * SWP_PTE_MARKER): so guards look before Linux 6.15, which has no bit for them.
 */
const swapType = 0x1f;
const marker = 0x1f;

/**
 * The pages that hold something, neighbouring ones as one range of entry numbers. `entries`: two words each, the low
 * one first. A guard page, of which glibc 2.42 has one in every thread's stack (MADV_GUARD_INSTALL), says that it is
 * in swap and cannot be touched.
 */
export function usedEntries(entries: Int32Array): Range[] {
  const used: Range[] = [];
  const count = entries.length >> 1;
  let start = -1;
  for (let entry = 0; entry < count; entry += 1) {
    if (start < 0 && entry % blockEntries === 0) {
      while (entry + blockEntries <= count && isUnused(entries, entry)) entry += blockEntries;
      if (entry === count) break;
    }
    const high = entries[2 * entry + 1] as number;
    const holds =
      (high & inMemory) !== 0 ||
      ((high & inSwap) !== 0 &&
        (high & isGuard) === 0 &&
        ((entries[2 * entry] as number) & swapType) !== marker);
    if (holds === start >= 0) continue;
    if (holds) start = entry;
    else {
      used.push({ start, end: entry });
      start = -1;
    }
  }
  if (start >= 0) used.push({ start, end: count });
  return used;
}

/** V8 reserves half a GB and uses little of it: what is empty is passed over by the block. */
const blockEntries = 512;
const blockBytes = blockEntries * bytesPerEntry;
/** Entries of a page that was never there are equal, but not the same on every kernel (the soft-dirty bit). */
const unusedBlocks = [0, 1 << 23].map((high) => {
  const words = new Int32Array(2 * blockEntries);
  for (let entry = 0; entry < blockEntries; entry += 1) words[2 * entry + 1] = high;
  return Buffer.from(words.buffer);
});

function isUnused(entries: Int32Array, entry: number): boolean {
  const block = Buffer.from(entries.buffer, entries.byteOffset + entry * bytesPerEntry, blockBytes);
  return unusedBlocks.some((unused) => unused.equals(block));
}

/** What `usedRanges` reads into, 64 MB of pages: one for all rounds, so that none of them takes memory anew. */
export const createChunk = () => new Int32Array(32 << 10);

/** /proc/self/pagemap, open for reading, on the pool or here and now. */
export interface Pagemap {
  read(into: Int32Array, offset: number, length: number, position: number): Read | Promise<Read>;
}
interface Read {
  readonly bytesRead: number;
}

/** Memory of our own that no file is behind. */
export const ownRanges = async () => anonymousRanges(await readFile('/proc/self/maps', 'latin1'));

/** What of `ranges` is there or in swap, neighbouring pages as one range. `pagemap`: open for reading. */
export async function usedRanges(
  pagemap: Pagemap,
  ranges: readonly Range[],
  pageBytes: number,
  chunk = createChunk(),
): Promise<Range[]> {
  const found: Range[] = [];
  for (const { start, end } of ranges) {
    const first = start / pageBytes;
    const bytes = ((end - start) / pageBytes) * bytesPerEntry;
    for (let at = 0; at < bytes; ) {
      const most = Math.min(chunk.byteLength, bytes - at);
      const { bytesRead } = await pagemap.read(chunk, 0, most, first * bytesPerEntry + at);
      if (bytesRead === 0) break;
      const page = first + at / bytesPerEntry;
      for (const used of usedEntries(chunk.subarray(0, bytesRead >> 2))) {
        found.push({ start: (page + used.start) * pageBytes, end: (page + used.end) * pageBytes });
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
