/** /sys/fs/btrfs: error counters of a device (btrfs_sysfs, fs/btrfs/sysfs.c, kernel 5.14+). */

/**
 * `write_errs 0\nread_errs 0\nflush_errs 0\ncorruption_errs 0\ngeneration_errs 0\n`: all of them together, since the
 * file system was made or the counters were reset. Null where a row is none.
 */
export function parseErrorStats(text: string): number | null {
  const rows = text.split('\n').filter((row) => row !== '');
  let sum = 0;
  for (const row of rows) {
    const count = /^[a-z]+_errs (\d{1,15})$/.exec(row)?.[1];
    if (count === undefined) return null;
    sum += Number(count);
  }
  return rows.length === 0 ? null : sum;
}
