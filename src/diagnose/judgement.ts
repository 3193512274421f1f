/** What a judgement is made of, whoever is judged. */

import { isSame } from '../base/same.ts';
import type { Evidence, Verdict } from '../model/diagnosis/verdict.ts';
import type { Model } from '../model/model.ts';
import type { Thresholds } from './thresholds.ts';

export type Judgement = Omit<Verdict, 'subject'>;

export interface Context {
  readonly model: Model;
  /** Monotonic ms of the look that is judged. */
  readonly nowMs: number;
  readonly thresholds: Thresholds;
}

/** `signs`: of whoever is judged; what could not be seen of it, and since when it is looked at, monotonic ms. */
export function judge(
  signs: Pick<Judgement, 'unseen'> & { readonly seenMs: number },
  state: Judgement['state'],
  reason: Judgement['reason'],
  sinceMs: number,
  more: Partial<Judgement> = {},
): Judgement {
  return {
    state,
    sinceMs,
    atLeast: sinceMs <= signs.seenMs,
    reason,
    certainty: 'certain',
    unseen: signs.unseen,
    evidence: [],
    ...more,
  };
}

/** The same object as before where it says the same; what goes on keeps its begin. */
export function settle(now: Verdict, before: Verdict | undefined): Verdict {
  if (before === undefined) return now;
  const goesOn = before.state === now.state && topicOf(before) === topicOf(now);
  const settled =
    goesOn && before.sinceMs <= now.sinceMs
      ? { ...now, sinceMs: before.sinceMs, atLeast: before.atLeast }
      : now;
  return isSame(before, settled) ? before : settled;
}

function topicOf({ reason }: Verdict): string {
  return reason.kind === 'wait' ? `wait ${reason.partner.kind}` : reason.kind;
}

/** One that speaks for it. */
export function pro(
  field: string,
  value: Evidence['value'],
  unit: Evidence['unit'],
  sinceMs: number | null = null,
): Evidence {
  return { for: true, field, value, unit, sinceMs };
}

export function contra(
  field: string,
  value: Evidence['value'],
  unit: Evidence['unit'],
  sinceMs: number | null = null,
): Evidence {
  return { for: false, field, value, unit, sinceMs };
}
