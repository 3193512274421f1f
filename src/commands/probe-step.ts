/** What a key that runs a probe does: it asks first where the probe costs much, or where this is a bad moment. */
import type { ProbeId } from '../model/diagnosis/probe.ts';
import { criticalFor } from '../model/diagnosis/probe-critical.ts';
import { probeRow } from '../model/diagnosis/probe-table.ts';
import type { Situation } from './command.ts';
import type { Step } from './step.ts';

export function probeStep(
  probe: ProbeId,
  subject: string | null,
  { act }: { readonly act: Pick<Situation['act'], 'model'> },
): Step {
  const { confirm, heavy } = probeRow(probe);
  const critical = heavy && criticalFor(act.model.shortages) !== null;
  const intent = { type: 'probe', probe, subject } as const;
  if (!confirm && !critical) return { type: 'perform', intent };
  // The question says what is short: who confirms it, means it.
  return { type: 'ask', intent: heavy ? { ...intent, force: true } : intent, word: null };
}

/** A probe that touches nothing also runs with --read-only; none runs in a recording. */
export function probeBlocked(
  probe: ProbeId,
  { readOnly, replay, act }: Pick<Situation, 'readOnly' | 'replay' | 'act'>,
): string | undefined {
  if (replay !== null) return 'this is a recording';
  if (act.actor.barred !== null) return act.actor.barred;
  return readOnly && probeRow(probe).touches !== null ? 'started with --read-only' : undefined;
}
