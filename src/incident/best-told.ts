/** The timeline without what another line says better: one death, one line. */
import type { TimelineEntry } from '../model/incident/timeline.ts';
import type { ModelEvent } from '../model/model.ts';
import { isAlert } from '../model/past/event-data.ts';
import { eventEntry } from './happenings.ts';
import type { Losses } from './losses.ts';

/** A log is read a little later, and a guard's entry of the journal is written when it is done. */
const sameMs = 60_000;

export function bestTold(
  all: readonly TimelineEntry[],
  losses: Pick<Losses, 'lost'>,
): readonly TimelineEntry[] {
  return all.flatMap((entry) => {
    if (entry.what.kind === 'action' && entry.what.entry.via === 'guard') {
      // With its rule and its figures, where they were seen.
      return all.some((one) => isGuardEvent(one, entry)) ? [] : [entry];
    }
    if (entry.what.kind !== 'event') return [entry];
    const { event } = entry.what;
    switch (event.kind) {
      case 'build-ended':
        return losses.lost(event)?.cause == null && !isOurs(losses.lost(event)) ? [entry] : [];
      case 'build-failed': {
        const known = losses.lost(event);
        // A log says only by which signal; we know whose it was.
        const ours = known?.killer === 'nixpulse' && event.cause.kind === 'killed';
        const told: ModelEvent = ours ? { ...event, cause: { kind: 'killed', by: 'us' } } : event;
        return [eventEntry(told, known?.by ?? null)];
      }
      case 'killed':
        // Of ours the action tells, of a limit of Nix's the failure.
        return isAlert(event) || !isToldElsewhere(event, all) ? [entry] : [];
      case 'client-ended':
        return all.some(({ what }) => isEndOf(what, event)) ? [] : [entry];
      default:
        return [entry];
    }
  });
}

function isOurs(lost: { readonly by: string | null } | null): boolean {
  return lost !== null && lost.by !== null;
}

function isToldElsewhere(event: ModelEvent, all: readonly TimelineEntry[]): boolean {
  return all.some(({ what, timeMs }) => {
    if (Math.abs(timeMs - event.timeMs) > sameMs) return false;
    return what.kind === 'action' || (what.kind === 'event' && what.event.kind === 'build-failed');
  });
}

function isGuardEvent({ what, timeMs }: TimelineEntry, entry: TimelineEntry): boolean {
  return what.kind === 'event' && what.event.kind === 'guard' && Math.abs(timeMs - entry.timeMs) < sameMs;
}

function isEndOf(
  what: TimelineEntry['what'],
  { command, timeMs }: Extract<ModelEvent, { readonly kind: 'client-ended' }>,
): boolean {
  if (what.kind !== 'event' || what.event.kind !== 'rebuild-ended') return false;
  return what.event.command === command && Math.abs(what.event.timeMs - timeMs) < sameMs;
}
