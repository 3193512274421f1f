/** All streams that are followed: what each has led to, and the rebuilds that they tell of. */
import type { DerivationRaw } from '../model/rebuild/derivation.ts';
import type { FollowedRebuild, LogsRaw, StreamRaw } from '../model/rebuild/followed.ts';
import type { Rebuild } from '../model/rebuild/rebuild.ts';
import { unpackState } from './checkpoint.ts';
import { foldLog } from './fold.ts';
import { type LogState, newLogState } from './log-state.ts';

export interface Stream extends Pick<StreamRaw, 'id' | 'origin'> {
  readonly state: LogState;
  readonly problem: StreamRaw['problem'] | null;
  readonly lostBytes: number;
}

export interface Streams {
  /** By id, in the order in which they were first heard. */
  readonly byId: ReadonlyMap<string, Stream>;
  readonly derivations: ReadonlyMap<string, DerivationRaw>;
  /** The same array while nothing changed. */
  readonly rebuilds: readonly FollowedRebuild[];
}

export const noStreams: Streams = { byId: new Map(), derivations: new Map(), rebuilds: [] };

/** A directory of nixpkgs' derivations has some ten thousands; a rebuild from its roots needs some thousands. */
const mostDerivations = 50_000;
/** Streams that are over go first. */
const mostStreams = 32;

/** `timeMs`: of the Sample, Unix ms. Never throws, whatever a recording holds. */
export function followStreams(before: Streams, raw: LogsRaw, timeMs: number): Streams {
  const byId = new Map(before.byId);
  for (const stream of raw.streams) byId.set(stream.id, follow(byId.get(stream.id), stream, timeMs));
  forgetOldest(byId);
  const derivations = withDerivations(before.derivations, raw.derivations ?? []);
  return { byId, derivations, rebuilds: rebuildsOf(byId, before.rebuilds) };
}

function follow(before: Stream | undefined, raw: StreamRaw, timeMs: number): Stream {
  const entered = before?.state ?? (raw.checkpoint === undefined ? null : unpackState(raw.checkpoint));
  return {
    id: raw.id,
    origin: raw.origin,
    state: foldLog(entered ?? newLogState(raw.writers), raw.events, timeMs),
    problem: raw.problem ?? before?.problem ?? null,
    lostBytes: (before?.lostBytes ?? 0) + (raw.lostBytes ?? 0),
  };
}

function forgetOldest(byId: Map<string, Stream>): void {
  for (const wanted of ['over', 'any'] as const) {
    for (const [id, { state }] of byId) {
      if (byId.size <= mostStreams) return;
      if (wanted === 'any' || state.rebuilds.every(({ ended }) => ended !== null)) byId.delete(id);
    }
  }
}

function withDerivations(
  before: Streams['derivations'],
  read: readonly DerivationRaw[],
): Streams['derivations'] {
  if (read.length === 0) return before;
  const derivations = new Map(before);
  for (const one of read) derivations.set(one.drv, one);
  for (const drv of derivations.keys()) {
    if (derivations.size <= mostDerivations) break;
    derivations.delete(drv);
  }
  return derivations;
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
function followed({ id, origin, problem, lostBytes }: Stream, rebuild: Rebuild): FollowedRebuild {
  return {
    id: `${id} ${rebuild.key}`,
    origin,
    rebuild,
    client: null,
    command: null,
    over: rebuild.ended !== null,
    problem: problem ?? null,
    lostBytes,
    failures: [],
  };
}

function isUnchanged(old: FollowedRebuild, now: FollowedRebuild): boolean {
  return old.rebuild === now.rebuild && old.problem === now.problem && old.lostBytes === now.lostBytes;
}
