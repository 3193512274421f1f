/** Which package a run fetches, and whether it is the larger one's turn. */
import type { CacheCheck } from './cache-check.ts';

/** As nix-build-cache-check turns its list: by the quarter of an hour. */
const slotMs = 900_000;

/** The whole list, from the one on whose turn it is. */
export function rotated<T>(packages: readonly T[], nowMs: number): readonly T[] {
  if (packages.length === 0) return [];
  const first = Math.floor(nowMs / slotMs) % packages.length;
  return [...packages.slice(first), ...packages.slice(0, first)];
}

/** `earlier`: runs that are kept, the newest last. The first run of all is none for the larger one. */
export function isLargeTurn(earlier: readonly CacheCheck[], every: number): boolean {
  const last = earlier.slice(-(every - 1));
  return every > 1 && last.length === every - 1 && last.every(({ fetch }) => !fetch.large);
}

export interface HitRate {
  /** Runs of the last day that had a local cache to hit. */
  readonly tested: number;
  readonly hits: number;
}

const dayMs = 24 * 3_600_000;

export function hitRate(checks: readonly CacheCheck[], nowMs: number): HitRate {
  const tested = checks.filter((check) => nowMs - check.endedMs <= dayMs && hadToHit(check));
  return { tested: tested.length, hits: tested.filter(({ fetch }) => fetch.state === 'hit').length };
}

/** It tested a fetch, and had a local cache to hit. */
export function hadToHit({ fetch, caches }: Pick<CacheCheck, 'fetch' | 'caches'>): boolean {
  return fetch.state !== 'untested' && caches.some(({ role }) => role === 'local');
}
