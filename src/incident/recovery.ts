/** What came back, and after which action: that it came of it nobody can tell. */
import type { Figures, Recovery } from '../model/incident/incident.ts';
import type { TimelineEntry } from '../model/incident/timeline.ts';
import type { Model, ModelEvent } from '../model/model.ts';
import type { CriticalTime } from './critical-time.ts';

/** An action shows a little later, and a level is critical a little late. */
const aroundMs = 10_000;

/** Null: nothing was critical. */
export function recoveryOf(
  entries: readonly TimelineEntry[],
  critical: Pick<CriticalTime, 'span' | 'lastMs' | 'calmMs'>,
  figures: Pick<Recovery, 'worst' | 'last'>,
): Recovery | null {
  const span = critical.span();
  const lastMs = critical.lastMs();
  if (span === null || lastMs === null) return null;
  const helped = entries.findLast(({ what, timeMs }) => {
    if (timeMs < span.fromMs - aroundMs || timeMs > lastMs + aroundMs) return false;
    return what.kind === 'event' ? isGuardHelp(what.event) : what.kind === 'action' && isHelp(what.entry);
  });
  const what = helped?.what;
  const after = what?.kind === 'action' || what?.kind === 'event' ? what : null;
  return { after, afterMs: helped?.timeMs ?? null, calmMs: critical.calmMs(), ...figures };
}

export function figuresOf({ timeMs, memory }: Model): Figures {
  return { timeMs, availableBytes: memory.availableBytes, swapUsedBytes: memory.swapUsedBytes };
}

function isGuardHelp(event: ModelEvent): boolean {
  return event.kind === 'guard' && !event.dryRun && event.action !== 'tell' && event.status === 'done';
}

/** What takes load off the machine. */
function isHelp({ intent, status }: Extract<TimelineEntry['what'], { readonly kind: 'action' }>['entry']) {
  if (status !== 'done' && status !== 'incomplete') return false;
  const helps = [
    'kill',
    'pause',
    'cancel',
    'lower',
    'limit',
    'collect-garbage',
    'restart-daemon',
    'restart-unit',
  ];
  return intent !== null && helps.includes(intent.type);
}
