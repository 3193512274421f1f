/**
 * What a stream has led to as plain JSON and back: a recording that keeps it now and then lets a jump fold the events of
 * some minutes instead of those of the whole rebuild.
 */
import { isFields } from '../base/fields.ts';
import type { LeftOut } from '../model/rebuild/followed.ts';
import type { Build, Hook, Rebuild } from '../model/rebuild/rebuild.ts';
import { lastOf } from './bounds.ts';
import type { LogState, Memory } from './log-state.ts';
import { readState } from './read-state.ts';

/** Maps are lists of pairs and sets are lists. */
export function packState(state: LogState): unknown {
  return pack(state);
}

/**
 * Of what `packState` made, of this version or of another, or of anything at all: what of it cannot be is left out
 * (read-state.ts). Null for what is no state.
 */
export function unpackState(packed: unknown): LogState | null {
  return readState(packed) ?? null;
}

/** How much of a state is kept. */
export interface Kept {
  /** Of each build and hook, and of the command itself. */
  readonly tailLines: number;
  /** Builds that are over, the newest; those before them are counted. */
  readonly finished: number;
  /** Names of what has not begun. */
  readonly planned: number;
}

export interface Trimmed {
  readonly state: LogState;
  /** Empty: nothing. */
  readonly leftOut: LeftOut;
}

/** Smaller, and says by how much. A tail stays the last lines, whole. */
export function trimmed(state: LogState, kept: Kept): Trimmed {
  const left = { tailLines: 0, finished: 0, planned: 0 };

  function tailOf(tail: readonly string[]): readonly string[] {
    const last = lastOf(tail, kept.tailLines);
    left.tailLines += tail.length - last.length;
    return kept.tailLines === 0 ? [] : last;
  }
  function withShortTails<T extends Build | Hook>(all: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
    return new Map(Array.from(all, ([key, one]) => [key, { ...one, tail: tailOf(one.tail) }]));
  }
  function names(all: ReadonlySet<string>): ReadonlySet<string> {
    if (all.size <= kept.planned) return all;
    left.planned += all.size - kept.planned;
    return new Set([...all].slice(0, kept.planned));
  }
  function rebuildOf(rebuild: Rebuild): Rebuild {
    const over = Math.max(0, rebuild.finished.size - kept.finished);
    left.finished += over;
    const finished = over === 0 ? rebuild.finished : new Map([...rebuild.finished].slice(over));
    return {
      ...rebuild,
      planned: names(rebuild.planned),
      plannedFetches: names(rebuild.plannedFetches),
      elsewhere: names(rebuild.elsewhere),
      running: withShortTails(rebuild.running),
      failed: withShortTails(rebuild.failed),
      finished: withShortTails(finished),
      forgotten: rebuild.forgotten + over,
      hooks: withShortTails(rebuild.hooks),
      output: tailOf(rebuild.output),
    };
  }

  const small = { ...state, rebuilds: state.rebuilds.map(rebuildOf) };
  return { state: small, leftOut: counted(left) };
}

/** Without what is 0. */
export function counted(left: LeftOut): LeftOut {
  return Object.fromEntries(Object.entries(left).filter(([, count]) => count > 0));
}

/** How many names and records a state has: what a checkpoint of it is long by. */
export function sizeOf({ rebuilds, memories }: LogState): number {
  let size = 0;
  for (const rebuild of rebuilds)
    for (const part of Object.values(rebuild) as readonly unknown[]) size += itemsIn(part);
  for (const memory of memories.values())
    for (const part of Object.values(memory) as readonly Memory[keyof Memory][]) size += itemsIn(part);
  return size;
}

function itemsIn(part: unknown): number {
  if (part instanceof Map || part instanceof Set) return part.size;
  return Array.isArray(part) ? part.length : 0;
}

function pack(value: unknown): unknown {
  if (value instanceof Map) return Array.from(value, ([key, one]: [unknown, unknown]) => [key, pack(one)]);
  if (value instanceof Set) return [...value];
  if (Array.isArray(value)) return value.map(pack);
  if (!isFields(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, pack(one)]));
}
