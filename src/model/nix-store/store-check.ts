/** What a verification of the store found, how it is kept, and what is said about it. */

import { lengthText } from '../../base/duration.ts';
import { plural } from '../../base/plural.ts';
import type { Result } from '../../base/problem.ts';
import type { OutcomeStatus, Progress } from '../intents/outcome.ts';
import type { Model } from '../model.ts';

/**
 * - `corrupt`: its contents are not those that the database has a hash of.
 * - `missing`: the database calls it valid, and it is not there.
 * - `unreadable`: it could not be read (an I/O error, a permission).
 */
export type FindingKind = 'corrupt' | 'missing' | 'unreadable';

export interface Finding {
  readonly path: string;
  readonly kind: FindingKind;
  /** Nix's words where they add something: the hashes, the error. */
  readonly text: string | null;
}

/** Kept as `verify.json` in the state directory. */
export interface StoreVerification {
  readonly version: 1;
  /** ISO 8601, when it ended. */
  readonly time: string;
  /** `done` without damage, `failed` with, `incomplete` where something could not be read, `cancelled`. */
  readonly status: OutcomeStatus;
  readonly durationMs: number;
  /** How many were looked at. */
  readonly paths: number;
  /** How many there were to look at. */
  readonly expectedPaths: number | null;
  /** Sum of the NAR sizes of what was looked at. */
  readonly bytes: number | null;
  readonly corrupt: readonly string[];
  readonly missing: readonly string[];
  readonly unreadable: readonly string[];
}

/** What a garbage collection would free. Sizes are NAR sizes: an optimised store (hard links) gives back less. */
export interface GarbageEstimate {
  readonly deadPaths: number;
  readonly deadBytes: number;
  readonly paths: number;
  readonly bytes: number;
  /** Unix ms. */
  readonly timeMs: number;
}

/** A verification, repair or collection that runs: what its action has reported so far. */
export interface StoreWork {
  /** `verify`, `repair`, `collect garbage`. */
  readonly title: string;
  /** Every field's last value. */
  readonly progress: Omit<Progress, 'lines'>;
  /** Findings and output, newest last. */
  readonly lines: readonly string[];
}

/** What the lower part of the view shows. */
export interface StoreCheckState {
  readonly work: StoreWork | null;
  /** null: not read yet; a value of null: the store was never verified. */
  readonly last: Result<StoreVerification | null> | null;
  readonly garbage: Result<GarbageEstimate> | 'looking' | null;
}

export function damagedPaths({
  corrupt,
  missing,
}: Pick<StoreVerification, 'corrupt' | 'missing'>): readonly string[] {
  return [...corrupt, ...missing];
}

/** `store verified 2 h ago, 0 corrupt`; `… 2 corrupt, 1 missing`; `verification cancelled 5 min ago, …`. */
export function verificationText(last: StoreVerification, nowMs: number): string {
  const counts = [`${last.corrupt.length} corrupt`];
  if (last.missing.length > 0) counts.push(`${last.missing.length} missing`);
  if (last.unreadable.length > 0) counts.push(`${last.unreadable.length} unreadable`);
  const what = last.status === 'cancelled' ? 'verification cancelled' : 'store verified';
  return `${what} ${agoText(nowMs - Date.parse(last.time))}, ${counts.join(', ')}`;
}

function agoText(ms: number): string {
  // A clock that was set back.
  if (!(ms >= 60_000)) return 'just now';
  const hours = Math.floor(ms / 3_600_000);
  if (hours < 2) return `${lengthText(ms)} ago`;
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}

/** What is said before a repair: it works in place (src/libstore/local-store.cc, repairPath). */
export const repairWarning =
  'each path is taken away and put back: programs that use it may fail meanwhile, and what can neither be fetched nor rebuilt stays broken';

/**
 * What a garbage collection means while clients run; null while none does. Since Nix 2.5 builds go on
 * beside it, and what they use or make is kept.
 */
export function garbageWarning({ clients }: Pick<Model, 'clients'>): string | null {
  const busy = clients.filter(({ phase }) => phase !== 'idle').length;
  if (busy === 0) return null;
  return `${plural(busy, 'client is', 'clients are')} at work: builds go on and keep what they use; results without a link (--no-out-link, nix-shell) are deleted`;
}
