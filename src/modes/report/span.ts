/** Which stretch of a recording is reported: what was asked for, else the last incident in it, else its last half hour. */
import type { TimeSpan } from '../../base/time-span.ts';
import type { Incident } from '../../model/incident/incident.ts';
import type { ModelEvent } from '../../model/model.ts';
import type { RecordedEvent } from '../../model/past/recorded.ts';

const minuteMs = 60_000;
/** Shown of the time before it, and of the time after it. */
const beforeMs = 5 * minuteMs;
const afterMs = 2 * minuteMs;
/** What is critical again within this time is the same incident. */
const sameMs = 15 * minuteMs;
const recentMs = 30 * minuteMs;

export interface ReportSpan extends TimeSpan {
  readonly chosenBy: Incident['chosenBy'];
}

export interface AskedSpan {
  readonly fromMs: number | null;
  readonly toMs: number | null;
}

/** `whole`: of the recording. Its events say what was critical: no Sample is decoded for that. */
export function reportSpan(whole: TimeSpan, events: readonly RecordedEvent[], asked: AskedSpan): ReportSpan {
  const { fromMs, toMs } = asked;
  if (fromMs !== null || toMs !== null) {
    return { chosenBy: 'asked', fromMs: fromMs ?? whole.fromMs, toMs: toMs ?? whole.toMs };
  }
  const incident = lastIncident(events, whole.toMs);
  if (incident === null) {
    return { chosenBy: 'recent', fromMs: Math.max(whole.fromMs, whole.toMs - recentMs), toMs: whole.toMs };
  }
  return {
    chosenBy: 'incident',
    fromMs: Math.max(whole.fromMs, incident.fromMs - beforeMs),
    toMs: Math.min(whole.toMs, incident.toMs + afterMs),
  };
}

interface Spell {
  readonly fromMs: number;
  toMs: number;
}

/** Null: nothing was critical. */
function lastIncident(events: readonly RecordedEvent[], endMs: number): TimeSpan | null {
  const spells: Spell[] = [];
  /** By what is critical, and has not ended: a shortage. */
  const open = new Map<string, Spell>();
  for (const { kind, timeMs, ...rest } of events) {
    if (kind !== 'alert' || !('event' in rest)) continue;
    const { event } = rest;
    const shortage = shortageOf(event);
    if (event.kind === 'shortage-ended') {
      const spell = shortage === null ? undefined : open.get(shortage);
      if (spell !== undefined) spell.toMs = Math.max(spell.toMs, timeMs);
      if (shortage !== null) open.delete(shortage);
    } else if (event.level === 'critical') {
      const last = spells.at(-1);
      const goesOn = last !== undefined && (timeMs - last.toMs <= sameMs || open.size > 0);
      const spell = goesOn ? last : { fromMs: timeMs, toMs: timeMs };
      spell.toMs = Math.max(spell.toMs, timeMs);
      if (!goesOn) spells.push(spell);
      if (shortage !== null) open.set(shortage, spell);
    }
  }
  for (const spell of open.values()) spell.toMs = endMs;
  return spells.at(-1) ?? null;
}

/** Of space there may be several; of the rest one each. */
function shortageOf(event: ModelEvent): string | null {
  switch (event.kind) {
    case 'pressure':
    case 'limit':
      return event.resource === 'irq' ? 'cpu' : event.resource;
    case 'stall':
      return 'io';
    case 'space':
    case 'inodes':
      return `space ${event.path}`;
    case 'shortage-ended':
      return event.resource === 'space' ? `space ${event.path ?? ''}` : event.resource;
    default:
      return null;
  }
}
