/** How fast each build grows just now: of one that stands still, how fast it did when it was stopped. */
import { type IdentityKey, identityKey } from '../base/identity.ts';
import type { Build, MemoryMeasure, Model } from '../model/model.ts';
import { localBuilds } from './victims.ts';

export interface Pace {
  readonly measure: MemoryMeasure;
  /** While it goes on, of the last seconds, oldest first; monotonic ms. */
  readonly points: readonly { readonly atMs: number; readonly bytes: number }[];
  /** Negative: it gives back. Null: not known yet. */
  readonly perSec: number | null;
}

export type Paces = ReadonlyMap<IdentityKey, Pace>;

/** What has not grown for so long has reached its plateau. */
const windowMs = 2000;

export function nextPaces(before: Paces, { builds, readAtMs, monotonicMs }: Model): Paces {
  const atMs = readAtMs.forest ?? monotonicMs;
  return new Map(
    localBuilds(builds).map((build) => {
      const key = identityKey(build);
      return [key, nextPace(before.get(key), build, atMs)];
    }),
  );
}

function nextPace(
  before: Pace | undefined,
  { residentBytes, residentBy, paused }: Build,
  atMs: number,
): Pace {
  const known =
    before !== undefined && before.measure === residentBy
      ? before
      : { measure: residentBy, points: [], perSec: null };
  if (residentBytes === null || paused) return { ...known, points: [] };
  const last = known.points.at(-1);
  if (last !== undefined && atMs <= last.atMs) return known;
  const begin = known.points.findLastIndex((point) => atMs - point.atMs >= windowMs);
  const points = [...known.points.slice(Math.max(0, begin)), { atMs, bytes: residentBytes }];
  const [first] = points;
  if (first === undefined || atMs - first.atMs < windowMs) return { ...known, points };
  return { ...known, points, perSec: ((residentBytes - first.bytes) * 1000) / (atMs - first.atMs) };
}

/** What grows by less would take a machine of that size within ten minutes or later: it comes and goes. */
const takesAllWithinSec = 600;

/** Bytes a second; 0: it does not grow, or it is not known. */
export function growthOf(build: Build, paces: Paces, totalBytes: number): number {
  const perSec = paces.get(identityKey(build))?.perSec ?? 0;
  return perSec * takesAllWithinSec >= totalBytes ? perSec : 0;
}
