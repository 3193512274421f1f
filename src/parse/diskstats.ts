/** /proc/diskstats: what each block device did since boot. */
import { fail, ok, type Result } from '../base/problem.ts';
import type { DiskRaw } from '../model/sample.ts';
import { completeRows } from './row-number.ts';

/**
 * ` 259       0 nvme0n1 74014 24251 3385826 12837 11220 34150 1752056 4632 0 6336 17809 6115 30 234944 311 796 28`
 * Documentation/admin-guide/iostats.rst: major minor name, then reads done, merged, sectors, ms; the
 * same of writes; in flight, ms busy, weighted ms; since 4.18 discards done, merged, sectors, ms; since
 * 5.5 flushes done, ms.
 */
const start = /^ *(\d+) +(\d+) (\S+) /;

/** Only the rows of wanted names are read further; one that is cut or garbled is left out. */
export function parseDiskstats(text: string, wanted: (name: string) => boolean): Result<readonly DiskRaw[]> {
  const disks: DiskRaw[] = [];
  let recognized = text === '';
  for (const row of completeRows(text)) {
    const head = start.exec(row);
    const device = head?.[3];
    if (head === null || device === undefined) continue;
    recognized = true;
    if (!wanted(device)) continue;
    const numbers = row.slice(head[0].length).split(' ').map(count);
    if (numbers.length < 11 || numbers.some(Number.isNaN)) continue;
    const at = (index: number): number => numbers[index] as number;
    const orNull = (index: number): number | null => numbers[index] ?? null;
    disks.push({
      device,
      major: Number(head[1]),
      minor: Number(head[2]),
      readsDone: at(0),
      readsMerged: at(1),
      readSectors: at(2),
      readMs: at(3),
      writesDone: at(4),
      writesMerged: at(5),
      writeSectors: at(6),
      writeMs: at(7),
      inFlight: at(8),
      busyMs: at(9),
      weightedMs: at(10),
      discardsDone: orNull(11),
      discardMs: orNull(14),
      flushesDone: orNull(15),
      flushMs: orNull(16),
    });
  }
  return recognized ? ok(disks) : fail('malformed', '/proc/diskstats');
}

function count(text: string): number {
  return text === '' ? Number.NaN : Number(text);
}
