/**
 * A rebuild while the events of one tick are folded into it. A part is copied when it is first written and then
 * belongs to the draft, so that a tick costs what changed in it, and the state before stays as it was.
 */
import type { Build, Rebuild } from '../model/rebuild/rebuild.ts';
import { bounds, lastOf } from './bounds.ts';
import type { Memory } from './log-state.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type MapKeys<T> = { [K in keyof T]: T[K] extends ReadonlyMap<infer _K, infer _V> ? K : never }[keyof T] &
  string;
type Owned<T> =
  T extends ReadonlyMap<infer K, infer V> ? Map<K, V> : T extends ReadonlySet<infer V> ? Set<V> : never;
export type MutableBuild = Mutable<Omit<Build, 'tail'>> & { tail: string[] };

export class Draft {
  readonly rebuild: Mutable<Rebuild>;
  readonly memory: Mutable<Memory>;
  readonly timeMs: number;
  private readonly owned = new Set<string>();
  private readonly ownBuilds = new Map<string, MutableBuild>();

  constructor(rebuild: Rebuild, memory: Memory, timeMs: number) {
    this.rebuild = { ...rebuild, updatedMs: timeMs };
    this.memory = { ...memory };
    this.timeMs = timeMs;
  }

  /** A map of the rebuild, to write to. */
  map<K extends MapKeys<Rebuild>>(key: K): Owned<Rebuild[K]> {
    if (!this.owned.has(key)) {
      this.owned.add(key);
      (this.rebuild as Record<string, unknown>)[key] = new Map(
        this.rebuild[key] as ReadonlyMap<unknown, unknown>,
      );
    }
    return this.rebuild[key] as unknown as Owned<Rebuild[K]>;
  }

  set(key: 'planned' | 'plannedFetches'): Set<string> {
    if (!this.owned.has(key)) {
      this.owned.add(key);
      this.rebuild[key] = new Set(this.rebuild[key]);
    }
    return this.rebuild[key] as Set<string>;
  }

  /** A map of what the fold remembers, to write to. */
  recall<K extends MapKeys<Memory>>(key: K): Owned<Memory[K]> {
    const name = `memory ${key}`;
    if (!this.owned.has(name)) {
      this.owned.add(name);
      (this.memory as Record<string, unknown>)[key] = new Map(
        this.memory[key] as ReadonlyMap<unknown, unknown>,
      );
    }
    return this.memory[key] as unknown as Owned<Memory[K]>;
  }

  /** A running build, to write to. */
  build(drv: string): MutableBuild | null {
    const own = this.ownBuilds.get(drv);
    if (own !== undefined) return own;
    const build = this.rebuild.running.get(drv);
    if (build === undefined) return null;
    const copy: MutableBuild = { ...build, tail: [...build.tail] };
    this.ownBuilds.set(drv, copy);
    this.map('running').set(drv, copy);
    return copy;
  }

  /** Out of the running ones, with its tail cut; what becomes of it is the caller's. */
  takeBuild(drv: string): Build | null {
    const build = this.rebuild.running.get(drv);
    if (build === undefined) return null;
    this.ownBuilds.delete(drv);
    this.map('running').delete(drv);
    return { ...build, tail: tailOf(build.tail) };
  }

  finish(): { readonly rebuild: Rebuild; readonly memory: Memory } {
    for (const build of this.ownBuilds.values()) build.tail = tailOf(build.tail);
    const { rebuild, memory } = this;
    if (rebuild.finished.size > bounds.finished) {
      const over = rebuild.finished.size - bounds.finished;
      rebuild.finished = new Map([...rebuild.finished].slice(over));
      rebuild.forgotten += over;
    }
    for (const key of boundedMaps)
      if (rebuild[key].size > bounds.open) this.drop(this.map(key) as Map<string, unknown>);
    if (memory.activities.size > bounds.open) this.drop(this.recall('activities'));
    for (const key of ['counters', 'unclaimed', 'unclaimedSince'] as const)
      if (memory[key].size > bounds.counters) this.drop(this.recall(key), bounds.counters);
    return { rebuild, memory };
  }

  /** A stream that loses its stops must not fill the memory: the oldest go. */
  private drop(map: Map<string, unknown>, most: number = bounds.open): void {
    for (const key of map.keys()) {
      if (map.size <= most) return;
      map.delete(key);
    }
  }
}

const boundedMaps = [
  'running',
  'failed',
  'dependents',
  'transfers',
  'peers',
  'waits',
  'hooks',
  'tasks',
] as const;

/** The last lines, bounded in number and in characters. */
function tailOf(lines: readonly string[]): string[] {
  const last = lastOf(lines, bounds.tailLines);
  let characters = 0;
  for (let i = last.length - 1; i >= 0; i--) {
    characters += last[i]?.length ?? 0;
    if (characters > bounds.tailCharacters) return last.slice(i + 1);
  }
  return [...last];
}
