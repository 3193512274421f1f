/** How fast a long work goes, and how long it will still take, from what it has done so far. */

export interface WorkPoint {
  readonly atMs: number;
  readonly items: number;
  readonly bytes: number;
}

/** Oldest first; the last is now. */
export type WorkTrack = readonly WorkPoint[];

/** Sizes of store paths differ by a factor of a million: what is left is judged by half a minute. */
const windowMs = 30_000;
const leastGapMs = 1000;
/** A rate from less is noise. */
const leastSpanMs = 2000;
/** What opening and looking up an item costs, as bytes read: without it thousands of small ones stand still. */
const itemBytes = 32 * 1024;

/** The same track with a new end; points closer than a second replace the last one. */
export function addWorkPoint(track: WorkTrack, point: WorkPoint): WorkTrack {
  const [last, before] = [track.at(-1), track.at(-2)];
  if (last === undefined) return [point];
  const keep =
    before !== undefined && last.atMs - before.atMs < leastGapMs ? track.slice(0, -1) : track.slice();
  const firstNeeded = keep.findLastIndex(({ atMs }) => point.atMs - atMs >= windowMs);
  return [...keep.slice(Math.max(0, firstNeeded)), point];
}

export interface WorkRate {
  readonly bytesPerSec: number | null;
  readonly secondsLeft: number | null;
}

/** `total` is what there is in all; null parts are unknown. */
export function rateOf(
  track: WorkTrack,
  total: { readonly items: number | null; readonly bytes: number | null },
): WorkRate {
  const [first, last] = [track[0], track.at(-1)];
  if (first === undefined || last === undefined || last.atMs - first.atMs < leastSpanMs)
    return { bytesPerSec: null, secondsLeft: null };
  const seconds = (last.atMs - first.atMs) / 1000;
  const bytesPerSec = total.bytes === null ? null : (last.bytes - first.bytes) / seconds;
  const done = workOf(last) - workOf(first);
  if (total.items === null || done <= 0) return { bytesPerSec, secondsLeft: null };
  const whole = workOf({ items: total.items, bytes: total.bytes ?? 0 });
  return { bytesPerSec, secondsLeft: Math.max(0, ((whole - workOf(last)) * seconds) / done) };
}

function workOf({ items, bytes }: { readonly items: number; readonly bytes: number }): number {
  return bytes + items * itemBytes;
}
