/** How much of what is known of streams a Sample of a recording holds. */
import { type Kept, sizeOf } from '../logs/checkpoint.ts';
import { type PackedStream, packStream } from '../logs/entry.ts';
import type { Stream } from '../logs/streams.ts';
import type { Rebuild } from '../model/rebuild/rebuild.ts';
import { weightOf } from './weight.ts';

/** Of all checkpoints in a Sample. */
const mostStateWeight = 1536 << 10;
/** What a checkpoint keeps; the next where one is too long. */
const levels: readonly Kept[] = [
  { tailLines: 20, finished: 500, planned: 15_000 },
  { tailLines: 5, finished: 100, planned: 2_000 },
  { tailLines: 0, finished: 0, planned: 200 },
];
/** A rebuild that is over and in which nothing failed is forgotten by then. */
const overMs = 15 * 60_000;

/** What checkpoints of a Sample may still weigh. */
export interface Room {
  weight: number;
  readonly timeMs: number;
}

export function newRoom(timeMs: number): Room {
  return { weight: mostStateWeight, timeMs };
}

/** Null: too much, whatever is left out. */
export function withinRoom(stream: Stream, room: Room): PackedStream | null {
  const small = asked(stream, room.timeMs);
  for (const level of levels) {
    const made = packStream(small, level);
    const weight = weightOf(made.packed, room.weight);
    if (weight > room.weight) continue;
    room.weight -= weight;
    return made;
  }
  return null;
}

/** Somebody may still look at one of its rebuilds. */
export function isAskedFor({ state: { rebuilds } }: Stream, timeMs: number): boolean {
  return rebuilds.some((rebuild) => isAsked(rebuild, timeMs));
}

/** Of many clients nobody says that one is over: it is not heard any more. */
function isAsked({ key, ended, updatedMs, running, failed, errors }: Rebuild, timeMs: number): boolean {
  if (failed.size > 0 || errors.length > 0 || timeMs - updatedMs < overMs) return true;
  return ended === null && (key === 'stream' || running.size > 0);
}

/** Without rebuilds that nobody asks for any more. */
function asked<One extends Stream>(stream: One, timeMs: number): One {
  const { state } = stream;
  const rebuilds = state.rebuilds.filter((rebuild) => isAsked(rebuild, timeMs));
  if (rebuilds.length === state.rebuilds.length) return stream;
  const keys = new Set(rebuilds.map(({ key }) => key));
  const memories = new Map([...state.memories].filter(([key]) => keys.has(key)));
  return { ...stream, state: { ...state, rebuilds, memories } };
}

export function sizeOfAsked(stream: Stream, timeMs: number): number {
  return sizeOf(asked(stream, timeMs).state);
}
