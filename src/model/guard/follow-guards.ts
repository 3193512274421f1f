/** What guards did since the Sample before, as events: each act once, also where nobody looked while it was done. */
import { identityKey } from '../../base/identity.ts';
import type { ModelEvent } from '../model.ts';
import type { GuardAct } from './guard.ts';
import type { GuardSeen } from './guard-seen.ts';

/** At the first sight of a guard what it did before is history. */
const recentMs = 60_000;

/** `before`: of the Model before this one. */
export function guardEvents(
  now: readonly GuardSeen[],
  before: readonly GuardSeen[],
  timeMs: number,
): readonly ModelEvent[] {
  if (now === before) return [];
  const fresh = now.flatMap((guard) => {
    const known = before.find((one) => identityKey(one) === identityKey(guard));
    if (known?.acts === guard.acts) return [];
    if (known === undefined) return guard.acts.filter(({ atMs }) => Math.abs(timeMs - atMs) < recentMs);
    const told = new Set(known.acts.map(keyOf));
    return guard.acts.filter((act) => !told.has(keyOf(act)));
  });
  return fresh.map((act) => eventOf(act, timeMs)).sort((a, b) => a.timeMs - b.timeMs);
}

/** What was decided may be said again with what became of it. */
function keyOf({ atMs, rule, action }: GuardAct): string {
  return `${atMs} ${rule} ${action}`;
}

function eventOf(act: GuardAct, nowMs: number): ModelEvent {
  const { atMs, rule, action, names, dryRun, status, value, limit, unit, heldSec, summary } = act;
  return {
    timeMs: Math.min(atMs, nowMs),
    kind: 'guard',
    level: levelOf(act),
    ...{ rule, action, names, dryRun, status, value, limit, unit, heldSec, summary },
  };
}

/** What was lost is critical; what could not be done leaves things as they were. */
function levelOf({ action, dryRun, status }: GuardAct): ModelEvent['level'] {
  if (action === 'resume' || action === 'restore') return status === 'done' || dryRun ? 'ok' : 'warning';
  const ends = action === 'kill' || action === 'cancel' || action === 'restart-daemon';
  return ends && !dryRun ? 'critical' : 'warning';
}
