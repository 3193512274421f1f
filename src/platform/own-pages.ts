/** Which pages are a program's own memory: of /proc/<pid>/maps and /proc/<pid>/pagemap. */

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
/** Of an entry's last byte: bit 63, in memory, and bit 62, in swap (kernel: pagemap.rst). */
const memoryOrSwap = 0xc0;

/** The numbers of the entries of pages that hold something. */
export function usedEntries(pagemap: Uint8Array): number[] {
  const used: number[] = [];
  for (let last = bytesPerEntry - 1; last < pagemap.length; last += bytesPerEntry) {
    if (((pagemap[last] ?? 0) & memoryOrSwap) !== 0) used.push((last + 1) / bytesPerEntry - 1);
  }
  return used;
}
