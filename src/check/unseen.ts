/** An item that could not be looked at, or was not to be. */
import type { Problem } from '../base/problem.ts';
import type { CheckItem, ItemId } from '../model/advice/check.ts';

export function unseen(id: ItemId, subject: string | null, problem: Problem): CheckItem {
  return { id, subject, state: 'unknown', found: { kind: 'unseen', about: id, problem } };
}

export function leftOut(id: ItemId): CheckItem {
  return { id, subject: null, state: 'left-out', found: { kind: 'left-out', about: id } };
}
