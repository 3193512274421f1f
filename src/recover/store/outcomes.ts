/** What became of a step on the store, where it did not become what it should. */
import { reasonOf } from '../../actions/wording.ts';
import type { Problem } from '../../base/problem.ts';
import type { Outcome } from '../../model/intents/outcome.ts';
import type { RecoverContext } from '../step.ts';

export function failed(
  problem: Problem,
  { cancelled }: RecoverContext,
  ...details: readonly string[]
): Outcome {
  if (cancelled.aborted) return { status: 'cancelled', summary: 'it was interrupted', details: [] };
  const status = problem.kind === 'denied' ? 'denied' : 'failed';
  return { status, summary: reasonOf(problem), details };
}
