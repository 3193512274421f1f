/** All streams that are followed: what each has led to, and the rebuilds that they tell of. */
import type { FollowedRebuild, LogsRaw, StreamRaw } from '../model/rebuild/followed.ts';
import type { Rebuild } from '../model/rebuild/rebuild.ts';
import { enterStream, type Known } from './entry.ts';
import { type Facts, noFacts, unpackFacts, withFacts } from './facts.ts';
import { foldLog } from './fold.ts';
import { newLogState } from './log-state.ts';

export interface Stream extends Pick<StreamRaw, 'id' | 'origin'>, Known {}

export interface Streams extends Facts {
  /** By id, in the order in which they were first heard. */
  readonly byId: ReadonlyMap<string, Stream>;
  /** The same array while nothing changed. */
  readonly rebuilds: readonly FollowedRebuild[];
}

export const noStreams: Streams = { ...noFacts, byId: new Map(), rebuilds: [] };

/** Streams that are over go first. */
const mostStreams = 32;

/** `timeMs`: of the Sample, Unix ms. Never throws, whatever a recording holds. */
export function followStreams(before: Streams, raw: LogsRaw, timeMs: number): Streams {
  const byId = new Map(before.byId);
  for (const stream of raw.streams) byId.set(stream.id, follow(byId.get(stream.id), stream, timeMs));
  forgetOldest(byId);
  const entered = raw.facts === undefined ? before : withFacts(before, unpackFacts(raw.facts, before));
  return { ...withFacts(entered, raw), byId, rebuilds: rebuildsOf(byId, before.rebuilds) };
}

function follow(before: Stream | undefined, raw: StreamRaw, timeMs: number): Stream {
  const became = raw.becomes === undefined ? null : enterStream(raw.becomes);
  const known = became ?? before ?? (raw.checkpoint === undefined ? null : enterStream(raw.checkpoint));
  const { state, problem, lostBytes, earlyMs } = known ?? newStream(raw);
  return {
    id: raw.id,
    origin: raw.origin,
    state: foldLog(state, raw.events, timeMs),
    problem: raw.problem ?? problem,
    earlyMs: raw.early === true ? timeMs : earlyMs,
    // What a stream has become has them in it.
    lostBytes: became === null ? lostBytes + (raw.lostBytes ?? 0) : lostBytes,
  };
}

function newStream({ writers }: StreamRaw): Known {
  return { state: newLogState(writers), problem: null, lostBytes: 0, earlyMs: null };
}

function forgetOldest(byId: Map<string, Stream>): void {
  for (const wanted of ['over', 'any'] as const) {
    for (const [id, { state }] of byId) {
      if (byId.size <= mostStreams) return;
      if (wanted === 'any' || state.rebuilds.every(({ ended }) => ended !== null)) byId.delete(id);
    }
  }
}

function rebuildsOf(
  byId: ReadonlyMap<string, Stream>,
  before: readonly FollowedRebuild[],
): readonly FollowedRebuild[] {
  const known = new Map(before.map((one) => [one.id, one]));
  const rebuilds: FollowedRebuild[] = [];
  for (const stream of byId.values()) {
    for (const rebuild of stream.state.rebuilds) {
      const one = followed(stream, rebuild);
      const old = known.get(one.id);
      rebuilds.push(old !== undefined && isUnchanged(old, one) ? old : one);
    }
  }
  return rebuilds.length === before.length && rebuilds.every((one, i) => one === before[i])
    ? before
    : rebuilds;
}

/** Client and end by the process table, and why it failed, are joined to it later (model/rebuild/join-processes.ts). */
function followed(stream: Stream, rebuild: Rebuild): FollowedRebuild {
  const { id, origin, problem, lostBytes, earlyMs, state } = stream;
  // What has no id in a file of many clients is of one that nobody knows: it is never seen to end.
  const isNobodys = state.writers === 'many' && rebuild.key === 'stream';
  return {
    id: `${id} ${rebuild.key}`,
    stream: id,
    origin,
    rebuild,
    client: null,
    command: null,
    over: rebuild.ended !== null || isNobodys,
    problem,
    lostBytes,
    early: earlyMs !== null && rebuild.updatedMs <= earlyMs,
    failures: [],
    estimate: null,
    endedUnsaid: 0,
  };
}

function isUnchanged(old: FollowedRebuild, now: FollowedRebuild): boolean {
  return old.rebuild === now.rebuild && old.problem === now.problem && old.lostBytes === now.lostBytes;
}
