/** The rows of a history of durations: two files are one history, and it does not grow without end. */
import type { BuildDuration, DurationsRaw } from './durations.ts';

/** Of one name on one host the newest. */
export const mostOfOne = 10;
/** nixpkgs from its roots has some thousands of names. */
const mostRows = 40_000;

/** Two programs that saw the same build do not agree to the second. */
const sameEndMs = 10_000;
const sameSeconds = 2;

/** By name and host the rows, the newest last. */
export type DurationRows = ReadonlyMap<string, ReadonlyMap<string, readonly BuildDuration[]>>;

export const noRows: DurationRows = new Map();

/**
 * With further builds; those that are there already, by another program or from another file, once. What did not change
 * is the same object.
 */
export function withDurations(rows: DurationRows, more: readonly BuildDuration[]): DurationRows {
  let all: Map<string, Map<string, readonly BuildDuration[]>> | null = null;
  for (const one of more) {
    const hosts = (all ?? rows).get(one.name);
    const known = hosts?.get(one.host) ?? [];
    if (known.some((other) => isSameBuild(other, one))) continue;
    const last = known.at(-1);
    const next = [...known, one];
    if (last !== undefined && last.endedMs > one.endedMs) next.sort((a, b) => a.endedMs - b.endedMs);
    if (next.length > mostOfOne && next.shift() === one) continue;
    all ??= new Map(rows as ReadonlyMap<string, Map<string, readonly BuildDuration[]>>);
    all.set(one.name, new Map(hosts).set(one.host, next));
  }
  return all ?? rows;
}

function isSameBuild(a: BuildDuration, b: BuildDuration): boolean {
  return Math.abs(a.endedMs - b.endedMs) <= sameEndMs && Math.abs(a.seconds - b.seconds) <= sameSeconds;
}

/** As they are written: what was built last is kept where they are too many. */
export function rowsToKeep(rows: DurationRows): readonly BuildDuration[] {
  const groups = [...rows.values()].flatMap((hosts) => [...hosts.values()]);
  let count = groups.reduce((sum, { length }) => sum + length, 0);
  if (count > mostRows) groups.sort((a, b) => (b.at(-1)?.endedMs ?? 0) - (a.at(-1)?.endedMs ?? 0));
  while (count > mostRows) count -= groups.pop()?.length ?? count;
  return groups.flat();
}

/** As a Sample has them; null for a name that nobody built. */
export function durationsOf(rows: DurationRows, name: string): DurationsRaw | null {
  const hosts = rows.get(name);
  if (hosts === undefined) return null;
  const all = [...hosts].map(([host, group]) => ({ host, seconds: group.map(({ seconds }) => seconds) }));
  return { name, hosts: all };
}
