/** Until when a file system is full, from the room it had at the last looks. */
import type { Thresholds } from '../thresholds.ts';

export interface Room {
  /** Monotonic ms of the reading. */
  readonly atMs: number;
  readonly bytes: number;
}

export interface Filling {
  readonly bytesPerSec: number;
  readonly fullInSec: number;
  /** It has fallen all the time for `fillSec`. */
  readonly steady: boolean;
}

const mostRooms = 128;

/** One for each reading, oldest first; as far back as is judged. */
export function withRoom(rooms: readonly Room[], room: Room, { fillSec }: Thresholds): readonly Room[] {
  if (rooms.at(-1)?.atMs === room.atMs) return rooms;
  // The one before the window is kept: with it the window is whole.
  const begin = rooms.findLastIndex(({ atMs }) => atMs <= room.atMs - fillSec * 1000);
  return [...rooms.slice(Math.max(0, begin, rooms.length + 1 - mostRooms)), room];
}

/** Null: it does not fill, or not soon. */
export function fillingOf(rooms: readonly Room[], thresholds: Thresholds): Filling | null {
  const last = rooms.at(-1);
  const first = rooms[0];
  if (last === undefined || first === undefined) return null;
  const whole = last.atMs - first.atMs >= thresholds.fillSec * 1000;
  const steady = whole && fallsThroughout(rooms, first, last) ? paceOf(first, last) : null;
  if (steady !== null && last.bytes / steady < thresholds.fullSec)
    return { bytesPerSec: steady, fullInSec: last.bytes / steady, steady: true };
  const before = rooms.at(-2);
  const pace = before === undefined ? null : paceOf(before, last);
  if (pace === null || last.bytes / pace >= thresholds.fullSoonSec) return null;
  return { bytesPerSec: pace, fullInSec: last.bytes / pace, steady: false };
}

/** In each third of the time, and no third for next to nothing: what came to a halt fills nothing. */
function fallsThroughout(rooms: readonly Room[], first: Room, last: Room): boolean {
  const third = (last.atMs - first.atMs) / 3;
  const least = (first.bytes - last.bytes) / 12;
  if (least <= 0) return false;
  const at = (ms: number) => rooms.findLast(({ atMs }) => atMs <= ms)?.bytes ?? first.bytes;
  const marks = [first.bytes, at(first.atMs + third), at(first.atMs + 2 * third), last.bytes];
  return marks.slice(1).every((bytes, i) => (marks[i] ?? bytes) - bytes >= least);
}

function paceOf(from: Room, to: Room): number | null {
  const pace = ((from.bytes - to.bytes) * 1000) / (to.atMs - from.atMs);
  return pace > 0 ? pace : null;
}
