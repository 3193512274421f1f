/** What ZFS and zram make of memory: the ARC's size and zram's compression. */
import type { MemoryRaw } from '../model/sample.ts';

/**
 * `name type data` rows of /proc/spl/kstat/zfs/arcstats (OpenZFS, module/os/linux/spl/spl-kstat.c):
 * ```
 * size                            4    8589934592
 * c_min                           4    1043931648
 * ```
 */
export function parseArcstats(text: string): MemoryRaw['arc'] {
  const size = /^size +\d+ +(\d+)\n/m.exec(text);
  if (size === null) return null;
  const least = /^c_min +\d+ +(\d+)\n/m.exec(text);
  return { sizeBytes: Number(size[1]), minBytes: least === null ? null : Number(least[1]) };
}

/**
 * /sys/block/zramN/mm_stat, Documentation/admin-guide/blockdev/zram.rst:
 * `orig_data_size compr_data_size mem_used_total mem_limit mem_used_max same_pages pages_compacted …`,
 * the first three in bytes. Null when malformed.
 */
export function parseZram(text: string): { originalBytes: number; usedBytes: number } | null {
  const match = /^ *(\d+) +\d+ +(\d+) /.exec(text);
  return match === null ? null : { originalBytes: Number(match[1]), usedBytes: Number(match[2]) };
}
