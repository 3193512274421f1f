/** Runs a probe: what it brings comes into the next Sample by itself, here only how it went. */

import type { Problem } from '../base/problem.ts';
import { probeResultText, probeTitle, refusalText } from '../format/probe-words.ts';
import type { OutcomeStatus } from '../model/intents/outcome.ts';
import type { Action } from './action.ts';
import { refused } from './wording.ts';

export const probe: Action<'probe'> = async ({ probe: id, subject, force = false }, context) => {
  const { probes, cancelled, report } = context;
  if (probes === undefined) return refused('no probe can run here');
  if (cancelled.aborted) return { status: 'cancelled', summary: 'it was not begun', details: [] };
  const start = probes.run(id, subject, { force, onProgress: (text) => report({ text }) });
  if (!start.ok) return refused(`${probeTitle(id, subject)}: ${refusalText(start.refusal)}`);
  const cancel = () => void probes.cancel(id, subject);
  cancelled.addEventListener('abort', cancel);
  const result = await start.done;
  cancelled.removeEventListener('abort', cancel);
  if (result === null)
    return { status: 'cancelled', summary: `${probeTitle(id, subject)}: ended`, details: [] };
  const summary = `${probeTitle(id, subject)}: ${probeResultText(result)}`;
  if (result.ok) return { status: cancelled.aborted ? 'cancelled' : 'done', summary, details: [] };
  return { status: statusOf[result.problem.kind] ?? 'failed', summary, details: [] };
};

const statusOf: Readonly<Partial<Record<Problem['kind'], OutcomeStatus>>> = {
  denied: 'denied',
  unsupported: 'refused',
  gone: 'refused',
};
