/** /proc/locks: who holds and who waits, readable by everyone. */
import type { LockRaw } from '../model/sample.ts';

/**
 * `1: FLOCK  ADVISORY  WRITE 5158 fe:00:9470373 0 EOF`, a waiter below its holder as
 * `1: -> FLOCK  ADVISORY  WRITE 5299 fe:00:9470373 0 EOF`. proc_locks(5). Other rows are skipped.
 * pid -1 (open file description locks) names nobody and is skipped too.
 */
export function parseLocks(text: string): readonly LockRaw[] {
  const locks: LockRaw[] = [];
  for (const line of text.split('\n')) {
    const match = row.exec(line);
    if (match === null) continue;
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
