/** How much is kept: enough for the largest rebuild, never without end. */
export const bounds = {
  /** Lines of a build, of a hook, and of nobody we know. */
  tailLines: 100,
  tailCharacters: 65_536,
  /** Of so many builds that ended and did not fail. */
  tails: 16,
  /** Paths that came last: an error that follows may take one back. */
  arrivals: 64,
  phases: 30,
  /** Of a cache, how long they took. */
  answers: 25,
  /** Builds that are over; nixpkgs from its roots has some thousands. */
  finished: 10_000,
  planned: 50_000,
  /** Of everything that is open at a time, and of failures. */
  open: 10_000,
  counters: 1_000,
  /** Activities with one id at once. */
  covered: 8,
  messages: 100,
  errors: 50,
  steps: 100,
  names: 100,
  writers: 64,
  /** Of a stream of many clients: the ones that were heard last. */
  rebuilds: 32,
} as const;

/** The last ones; the same array where it has no more. */
export function lastOf<T>(items: readonly T[], most: number): readonly T[] {
  return items.length > most ? items.slice(items.length - most) : items;
}

export function withLast<T>(items: readonly T[], item: T, most: number): readonly T[] {
  return [...lastOf(items, most - 1), item];
}
