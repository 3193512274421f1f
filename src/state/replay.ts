/** What a player changes: the moment that is shown, how it plays, what was known by then. */

import type { KeptEntry } from '../model/intents/outcome.ts';
import type { Model, ModelEvent } from '../model/model.ts';
import type { History } from '../model/past/history.ts';
import type { RecordedEvent } from '../model/past/recorded.ts';
import type { ReplayState } from '../model/past/replay.ts';
import type { Track } from '../model/past/track-rings.ts';
import { alertsOf, journalOf, mostEntries } from './journal.ts';
import { loweredByUs, pausedByUs } from './selectors.ts';
import { settle } from './settle.ts';
import type { State } from './state.ts';

export interface RecordedMoment {
  readonly model: Model;
  readonly history: History;
  readonly track: Track;
  readonly replay: ReplayState;
  /** Of the recording, in order of time; the journal has those up to the moment. */
  readonly events: readonly RecordedEvent[];
}

/** A moment of a recording in place of the one that was shown. */
export function showMoment(state: State, moment: RecordedMoment): State {
  const { model, history, track, replay, events } = moment;
  const journal = journalAt(state.journal, events, replay.atMs);
  return settle({ ...state, model, history, track, replay, journal }, state);
}

/** The same moment, played differently or with something to say. */
export function changeReplay(state: State, change: Partial<ReplayState>): State {
  if (state.replay === null) return state;
  const replay = { ...state.replay, ...change };
  const keys = Object.keys(change) as (keyof ReplayState)[];
  if (keys.every((key) => replay[key] === state.replay?.[key])) return state;
  return settle({ ...state, replay }, state);
}

/** The journal as it was then; the same object while it is the same. */
function journalAt(
  journal: State['journal'],
  events: readonly RecordedEvent[],
  atMs: number,
): State['journal'] {
  const past = events.slice(0, events.findLastIndex(({ timeMs }) => timeMs <= atMs) + 1);
  const entries: KeptEntry[] = [];
  const alerts: ModelEvent[] = [];
  for (const event of past) {
    if (event.kind === 'action') entries.push(event.entry);
    if (event.kind === 'alert') alerts.push(event.event);
  }
  const shown = { entries: entries.slice(-mostEntries), alerts: alertsOf(alerts).slice(-mostEntries) };
  const same =
    shown.entries.length === journal.entries.length &&
    shown.alerts.length === journal.alerts.length &&
    shown.entries.at(-1) === journal.entries.at(-1) &&
    shown.alerts.at(-1) === journal.alerts.at(-1);
  return same ? journal : journalOf(shown.entries, shown.alerts, null);
}

/** Quitting would resume, cancel or leave something behind. */
export function somethingLeft(state: State): boolean {
  const changed = pausedByUs(state).length + loweredByUs(state).length;
  return state.command !== null || state.actions.length + changed > 0;
}

/** What one must know of the live machine while looking at a recording; null: nothing. */
export function liveText(state: State): string | null {
  const critical = state.model.shortages.filter(({ level }) => level === 'critical');
  const paused = pausedByUs(state).length;
  const low = loweredByUs(state).length;
  const parts = [
    ...critical.map(({ resource }) => `${resource} critical`),
    ...state.actions.map(({ title }) => `${title} runs`),
    ...(paused === 0 ? [] : [`${paused} paused`]),
    ...(low === 0 ? [] : [`${low} held back`]),
    ...(state.health.recorder.state === 'stopped' ? ['recording stopped'] : []),
  ];
  return parts.length === 0 ? null : parts.join(', ');
}
