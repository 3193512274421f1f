/** How fast a transfer moves, from the bytes it had at some of the last ticks. */
import type { Rebuild, Transfer } from '../model/rebuild/rebuild.ts';

const apartMs = 1_000;
const mostMarks = 8;
/** A speed is a mean over this time; what stood still for so long has speed 0. */
const speedWindowMs = 8_000;

/** With the bytes of this tick. */
export function withMark(marks: Transfer['marks'], ms: number, bytes: number): Transfer['marks'] {
  const last = marks.at(-1);
  // Copy and download are told one after the other in one tick.
  if (last?.ms === ms) return [...marks.slice(0, -1), { ms, bytes }];
  if (last !== undefined && ms - last.ms < apartMs) return marks;
  return [...marks.slice(1 - mostMarks), { ms, bytes }];
}

/** Bytes a second at a time; null while there is nothing to measure from. */
export function transferSpeed({ marks, bytes }: Transfer, nowMs: number): number | null {
  if (marks.length === 0) return null;
  const from = marks.find(({ ms }) => nowMs - ms <= speedWindowMs);
  if (from === undefined) return 0;
  if (nowMs - from.ms < apartMs) return null;
  return Math.max(0, bytes - from.bytes) / ((nowMs - from.ms) / 1000);
}

/** Bytes a second of everything that is under way, by cache or builder. */
export function speedsByPeer(rebuild: Rebuild, nowMs: number): ReadonlyMap<string, number> {
  const speeds = new Map<string, number>();
  for (const transfer of rebuild.transfers.values()) {
    const speed = transfer.peer === null || transfer.lookup ? null : transferSpeed(transfer, nowMs);
    if (speed !== null && transfer.peer !== null)
      speeds.set(transfer.peer, (speeds.get(transfer.peer) ?? 0) + speed);
  }
  return speeds;
}
