/**
 * What of a Sample's streams goes into a recording. Lines are bounded, a tick that brings more than a record should
 * hold is recorded as what it leads to, and now and then a chunk begins with all that is known, to be entered there.
 */

import type { DerivedSample } from '../diagnose/derive-sample.ts';
import { counted } from '../logs/checkpoint.ts';
import { packEvidence } from '../logs/entered-evidence.ts';
import { knowsAny, noFacts, packFacts } from '../logs/facts.ts';
import { noStreams, type Stream, type Streams } from '../logs/streams.ts';
import type { LogsRaw, StreamRaw } from '../model/rebuild/followed.ts';
import type { Sample } from '../model/sample.ts';
import { isAskedFor, newRoom, type Room, sizeOfAsked, withinRoom } from './checkpoint-room.ts';
import { withFewerLines } from './fewer-lines.ts';
import { weightOf } from './weight.ts';

/** What streams had led to before a Sample's events, and with them. */
export interface StreamsAround {
  readonly before: Streams;
  readonly after: Streams;
  /** What else was known of rebuilds before; absent: nothing. */
  readonly last?: Pick<DerivedSample, 'model' | 'explained'>;
}

export function streamsAround(before: DerivedSample | null, after: DerivedSample): StreamsAround {
  return { before: before?.streams ?? noStreams, after: after.streams, ...(before && { last: before }) };
}

export interface LogsRecorder {
  /** The Sample as it is recorded. `begins`: a chunk, with this one. */
  take(sample: Sample, around: StreamsAround, begins: boolean): Sample;
  /** What was taken last was not recorded after all. A Sample that is not taken is noticed by itself. */
  missed(): void;
  /** It was recorded without what streams brought. `nowMs`: monotonic. */
  tooLong(nowMs: number): void;
}

/** Of a stream's events in one tick, as `weightOf` has it: a plan of 6,000 names. */
const mostWeight = 512 << 10;
/** A flood is recorded as what it leads to, so often. */
const resultEveryMs = 10_000;
/** One that is too long for any record is not packed again soon. */
const againMs = 60_000;
/**
 * A chunk begins with all that is known once it is a minute for so many names and records since the last one that did:
 * 15 kB a minute compressed. Of the largest rebuild after ten.
 */
const sizePerMinute = 500;
const longestMs = 10 * 60_000;
export function createLogsRecorder(): LogsRecorder {
  let missed = false;
  /** After the last Sample that was taken. */
  let last: Streams | null = null;
  let tooLongMs: number | null = null;
  /** When a chunk begins with all that is known, monotonic ms. */
  let dueMs = Number.NEGATIVE_INFINITY;
  /** Streams of which events are not in the recording. */
  const behind = new Set<string>();
  /** When the result of a stream may be recorded again, monotonic ms; absent: at once. */
  const resultDueMs = new Map<string, number>();

  const isDue = (id: string, nowMs: number) => nowMs >= (resultDueMs.get(id) ?? nowMs);

  /** In place of its events. */
  function withResult(own: StreamRaw, stream: Stream, nowMs: number, room: Room): StreamRaw {
    const bare = withoutEvents(own);
    const packed = withinRoom(stream, room);
    resultDueMs.set(own.id, nowMs + (packed === null ? againMs : resultEveryMs));
    if (packed === null) {
      behind.add(own.id);
      return { ...bare, leftOut: { ...bare.leftOut, checkpoints: 1 } };
    }
    behind.delete(own.id);
    return { ...bare, becomes: packed.packed, ...leftOutOf(bare, packed.leftOut) };
  }

  function recorded(own: StreamRaw, stream: Stream, nowMs: number, enters: boolean, room: Room): StreamRaw {
    if (!behind.has(own.id) && weightOf(own.events, mostWeight) <= mostWeight) return own;
    if (enters || isDue(own.id, nowMs)) return withResult(own, stream, nowMs, room);
    behind.add(own.id);
    return withoutEvents(own);
  }

  function withCheckpoint(own: StreamRaw, before: Stream | undefined, room: Room): StreamRaw {
    if (before === undefined || own.becomes !== undefined) return own;
    const packed = withinRoom(before, room);
    if (packed === null) return { ...own, leftOut: { ...own.leftOut, checkpoints: 1 } };
    return { ...own, checkpoint: packed.packed, ...leftOutOf(own, packed.leftOut) };
  }

  /** What was missed stands in the state of whoever saw it. */
  function fallBehind({ byId }: Streams): boolean {
    const lost = missed || tooLongMs !== null;
    if (missed) for (const id of byId.keys()) resultDueMs.delete(id);
    if (tooLongMs !== null) for (const id of byId.keys()) resultDueMs.set(id, tooLongMs + againMs);
    if (lost) for (const id of byId.keys()) behind.add(id);
    missed = false;
    tooLongMs = null;
    return lost;
  }

  return {
    take(sample, { before, after, last: known }, begins) {
      const { logs, monotonicMs: nowMs, timeMs } = sample;
      missed ||= last !== null && before !== last;
      last = after;
      if (logs?.ok === false) return sample;
      const lost = fallBehind(after);
      const relevant = begins
        ? Array.from(before.byId.values()).filter((stream) => isAskedFor(stream, timeMs))
        : [];
      // Without a rebuild nobody asks for its derivations and durations.
      const facts = relevant.length > 0 || lost ? after : { ...noFacts, ...lasting(after) };
      const isKnown = begins && (relevant.length > 0 || knowsAny(facts));
      const enters = isKnown && nowMs >= dueMs;
      const late = [...behind].filter((id) => enters || isDue(id, nowMs));
      const brought = new Map(withFewerLines(logs?.value.streams ?? []).map((one) => [one.id, one]));
      const ids = new Set([...(enters ? relevant.map(({ id }) => id) : []), ...late, ...brought.keys()]);
      if (logs === undefined && ids.size === 0 && !isKnown && !(lost && knowsAny(facts))) return sample;

      const room = newRoom(timeMs);
      const streams = [...ids].flatMap((id) => {
        const stream = after.byId.get(id);
        const own = brought.get(id) ?? (stream && silent(stream));
        if (own === undefined || stream === undefined) return own ?? [];
        const made = recorded(own, stream, nowMs, enters, room);
        return enters ? withCheckpoint(made, before.byId.get(id), room) : made;
      });
      const evidence = isKnown && known ? packEvidence(known.model, known.explained) : null;
      const value: LogsRaw = {
        ...logs?.value,
        streams,
        ...(isKnown && { before: enters ? 'here' : 'earlier' }),
        ...(evidence && { evidence }),
        ...((enters || lost) && knowsAny(facts) && { facts: packFacts(facts) }),
      };
      if (enters) {
        const { derivations, durations } = facts;
        const sizes = relevant.map((stream) => sizeOfAsked(stream, timeMs));
        const size = sizes.reduce((sum, one) => sum + one, derivations.size + durations.size);
        dueMs = nowMs + Math.min(longestMs, (size / sizePerMinute) * 60_000);
        for (const id of resultDueMs.keys()) if (!after.byId.has(id)) resultDueMs.delete(id);
        for (const id of behind) if (!after.byId.has(id)) behind.delete(id);
      }
      return { ...sample, logs: { ok: true, value, atMs: logs?.atMs ?? nowMs } };
    },
    missed() {
      missed = true;
    },
    tooLong(nowMs) {
      tooLongMs = nowMs;
    },
  };
}

/** Whatever is followed. */
function lasting({ logPath, maxJobs }: Streams) {
  return { logPath, maxJobs };
}

/** It brought nothing. */
function silent({ id, origin, state }: Stream): StreamRaw {
  return { id, origin, writers: state.writers, events: [] };
}

function withoutEvents(own: StreamRaw): StreamRaw {
  const { leftOut: { events = 0 } = {} } = own;
  return { ...own, events: [], ...leftOutOf({}, { events: events + own.events.length }) };
}

function leftOutOf(own: Pick<StreamRaw, 'leftOut'>, more: NonNullable<StreamRaw['leftOut']>) {
  const leftOut = counted({ ...own.leftOut, ...more });
  return Object.keys(leftOut).length > 0 ? { leftOut } : {};
}
