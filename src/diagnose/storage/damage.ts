/** Damaged paths of the store as the probes last knew them, and what failures of rebuilds say of damage. */

import type { DamagedPath } from '../../model/diagnosis/probe-values.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import type { Model } from '../../model/model.ts';
import type { Failure } from '../../model/rebuild/failure.ts';
import type { FailureRecord } from '../../model/rebuild/rebuild.ts';

export type Damage = Extract<Failure, { readonly kind: 'damaged' }>;

export interface Verified {
  readonly damaged: readonly DamagedPath[];
  /** Of the whole store; null: it was not verified whole. */
  readonly checked: number | null;
  readonly whole: boolean;
  /** Of the whole some could not be read, or it was ended before its end: of the rest nothing is known. */
  readonly partly: boolean;
  readonly unreadable: number;
  /** Unix ms at which a path was found sound or damaged by itself. */
  readonly byPath: ReadonlyMap<string, { readonly atMs: number; readonly sound: boolean }>;
}

/** What one path was found to be later than the whole counts for that path. */
export function verifiedOf({ probes }: Pick<Model, 'probes'>): Verified {
  const whole = resultOf(probes, 'verify-store');
  const damaged = new Map<string, DamagedPath>();
  if (whole?.ok === true) for (const one of whole.value.damaged) damaged.set(one.path, one);
  const byPath = new Map<string, { atMs: number; sound: boolean }>();
  for (const result of probes.results) {
    if (result.id !== 'verify-path' || !result.ok || result.subject === null) continue;
    const { subject, endedMs, value } = result;
    byPath.set(subject, { atMs: endedMs, sound: value.damaged === null });
    if (whole !== null && whole.endedMs > endedMs) continue;
    if (value.damaged === null) damaged.delete(subject);
    else damaged.set(subject, value.damaged);
  }
  return {
    damaged: [...damaged.values()],
    checked: whole?.ok === true ? whole.value.checked : null,
    whole: whole?.ok === true,
    partly: whole?.ok === true && (whole.value.partial === true || (whole.value.unreadable ?? 0) > 0),
    unreadable: whole?.ok === true ? (whole.value.unreadable ?? 0) : 0,
    byPath,
  };
}

/** Of what failed, and of what was said beside it, newest last. */
export function toldDamage({ rebuilds }: Pick<Model, 'rebuilds'>) {
  return rebuilds.flatMap(({ rebuild }) => {
    const ofBuilds = [...rebuild.failed.values()].flatMap(({ failure }) => failure ?? []);
    const records: readonly FailureRecord[] = [...rebuild.errors, ...rebuild.clues, ...ofBuilds];
    return records.flatMap(({ failure, atMs, text }) =>
      failure.kind === 'damaged' ? [{ damage: failure, atMs, text }] : [],
    );
  });
}
