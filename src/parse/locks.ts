/** /proc/locks: who holds and who waits, readable by everyone. */
import type { LockRaw } from '../model/sample.ts';

/**
 * `1: FLOCK  ADVISORY  WRITE 5158 fe:00:9470373 0 EOF`, a waiter below its holder as
 * `1: -> FLOCK  ADVISORY  WRITE 5299 fe:00:9470373 0 EOF`. proc_locks(5). Other rows are skipped.
 * pid -1 (open file description locks) names nobody and is skipped too.
 *
 * The kernel hands out a page at a time and counts from the newest lock of each CPU: what was taken between two pages moves
 * the last rows of the one to the front of the next (fs/locks.c). The same row with the same number or another is one lock.
 */
export function parseLocks(text: string): readonly LockRaw[] {
  const locks: LockRaw[] = [];
  const seen = new Set<string>();
  for (const line of text.split('\n')) {
    const match = row.exec(line);
    if (match === null) continue;
    const numberless = line.slice(line.indexOf(':'));
    if (seen.has(numberless)) continue;
    seen.add(numberless);
    locks.push({
      waiting: match[1] !== undefined,
      kind: match[2] as string,
      mode: match[3] as 'READ' | 'WRITE',
      pid: Number(match[4]),
      file: match[5] as string,
    });
  }
  return locks;
}
const row = /^\d+: (?:\s*(->) )?\s*(\w+)\s+\w+\s+(READ|WRITE)\s+(\d+) ([0-9a-f]+:[0-9a-f]+:\d+) /;

/** `fe:00:15377194`, hex, hex, decimal. Btrfs and ZFS number their files per subvolume, by another device than here. */
export function isLockOn(
  lock: string,
  { device, inode }: { readonly device: number; readonly inode: number },
): boolean {
  // Hardly any is: where builders have many slots each is compared with every lock of the machine.
  if (!lock.endsWith(`:${inode}`)) return false;
  const [major = '', minor = ''] = lock.split(':');
  const ofFile = { major: (device >> 8) & 0xfff, minor: (device & 0xff) | ((device >> 12) & 0xfff00) };
  const ofLock = { major: Number.parseInt(major, 16), minor: Number.parseInt(minor, 16) };
  if (ofLock.major === 0) return ofFile.major === 0;
  return ofLock.major === ofFile.major && ofLock.minor === ofFile.minor;
}
