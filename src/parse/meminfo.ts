/** /proc/meminfo: sizes of memory, swap and what waits to be written. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { MemoryRaw } from '../model/sample.ts';
import { rowNumber } from './row-number.ts';

export type Meminfo = Pick<
  MemoryRaw,
  | 'totalBytes'
  | 'freeBytes'
  | 'availableBytes'
  | 'buffersBytes'
  | 'pageCacheBytes'
  | 'sharedBytes'
  | 'dirtyBytes'
  | 'writebackBytes'
  | 'swapTotalBytes'
  | 'swapFreeBytes'
>;

/** `MemAvailable:   22252140 kB`: proc_meminfo(5); `kB` are 1024 bytes. */
export function parseMeminfo(text: string): Result<Meminfo> {
  const bytes = (name: string): number | null => {
    const kibibytes = rowNumber(text, name);
    return kibibytes === null ? null : kibibytes * 1024;
  };
  const totalBytes = bytes('MemTotal:');
  if (totalBytes === null) return fail('malformed', '/proc/meminfo', 'no MemTotal');
  const cached = bytes('Cached:');
  const shared = bytes('Shmem:');
  const reclaimable = bytes('SReclaimable:');
  return ok({
    totalBytes,
    freeBytes: bytes('MemFree:'),
    availableBytes: bytes('MemAvailable:'),
    buffersBytes: bytes('Buffers:'),
    // Cached counts shared memory, which cannot be dropped, and not the slab, which can.
    pageCacheBytes:
      cached === null || reclaimable === null || shared === null
        ? null
        : Math.max(0, cached + reclaimable - shared),
    sharedBytes: shared,
    dirtyBytes: bytes('Dirty:'),
    writebackBytes: bytes('Writeback:'),
    swapTotalBytes: bytes('SwapTotal:'),
    swapFreeBytes: bytes('SwapFree:'),
  });
}
