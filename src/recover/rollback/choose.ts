/** Which generation is the last good one: sound, another one than the default, and best one that has booted. */
import type { Result } from '../../base/problem.ts';
import { type Generation, type GenerationList, unsoundReason } from '../../model/nix-store/generations.ts';
import type { BootRecord } from '../../parse/boot-records.ts';

/** Why this one: what is known of its having booted. */
export type Booted =
  /** This machine runs on it since it was switched on. */
  | { readonly kind: 'now' }
  /** Unix ms. */
  | { readonly kind: 'before'; readonly atMs: number }
  /** The journal goes back to `sinceMs` and has no boot of it. */
  | { readonly kind: 'unseen'; readonly sinceMs: number }
  | { readonly kind: 'unknown'; readonly why: string };

export function bootedOf(generation: Generation, history: Result<readonly BootRecord[]>): Booted {
  if (generation.isBooted) return { kind: 'now' };
  if (!history.ok) {
    const { where, cause, kind } = history.problem;
    return { kind: 'unknown', why: `${where}: ${cause ?? kind}` };
  }
  const record = history.value.find(({ storePath }) => storePath === generation.storePath);
  if (record !== undefined) return { kind: 'before', atMs: record.atMs };
  return { kind: 'unseen', sinceMs: history.value.at(-1)?.atMs ?? 0 };
}

/** Best first: what is booted now, what booted before, then the newest older than the default. */
export function candidates(
  list: GenerationList,
  history: Result<readonly BootRecord[]>,
): readonly Generation[] {
  const { defaultNumber, generations } = list;
  const current = generations.find(({ isDefault }) => isDefault)?.storePath ?? null;
  const older = generations.filter(
    (one) =>
      unsoundReason(one) === null &&
      one.storePath !== current &&
      (one.isBooted || defaultNumber === null || one.number < defaultNumber),
  );
  const rank = (one: Generation) =>
    ({ now: 0, before: 1, unseen: 2, unknown: 2 })[bootedOf(one, history).kind];
  return older.toSorted((a, b) => rank(a) - rank(b) || b.number - a.number);
}
