/** What was done and what happened, as one list. */

import type { KeptEntry } from '../model/intents/outcome.ts';
import type { ModelEvent } from '../model/model.ts';
import { isAlert, subjectOf } from '../model/past/event-data.ts';
import type { JournalRow, JournalState, State } from './state.ts';
import { withUi } from './ui.ts';

/** As many as the view keeps of each. */
export const mostEntries = 200;

/** The act and its entry begin at the same time. */
const sameActMs = 2000;

export function alertsOf(events: readonly ModelEvent[]): readonly ModelEvent[] {
  return events.filter(isAlert);
}

export function journalOf(
  entries: readonly KeptEntry[],
  alerts: readonly ModelEvent[],
  problem: string | null,
): JournalState {
  return { entries, alerts, rows: rowsOf(entries, alerts), problem };
}

function rowsOf(entries: readonly KeptEntry[], alerts: readonly ModelEvent[]): readonly JournalRow[] {
  const rows: JournalRow[] = [
    ...entries.map((entry, index): JournalRow => {
      const timeMs = Date.parse(entry.time);
      return { kind: 'action', key: `a ${entry.time} ${entry.title} ${index}`, timeMs, entry };
    }),
    ...alerts
      .filter((event) => !isEntered(event, entries))
      .map((event, index): JournalRow => {
        return {
          kind: 'alert',
          key: `e ${event.timeMs} ${subjectOf(event)} ${index}`,
          timeMs: event.timeMs,
          event,
        };
      }),
  ];
  return rows.reverse().sort((a, b) => b.timeMs - a.timeMs);
}

/** What a guard did has an entry where it is of this user, with what came of it. */
function isEntered(event: ModelEvent, entries: readonly KeptEntry[]): boolean {
  if (event.kind !== 'guard' || event.dryRun) return false;
  return entries.some(
    ({ via, intent, time }) =>
      via === 'guard' &&
      intent?.type === event.action &&
      Math.abs(Date.parse(time) - event.timeMs) < sameActMs,
  );
}

export function addEntries(state: State, entries: readonly KeptEntry[]): State {
  const { journal } = state;
  const all = [...journal.entries, ...entries].slice(-mostEntries);
  return { ...state, journal: journalOf(all, journal.alerts, journal.problem) };
}

export function setJournalProblem(state: State, problem: string | null): State {
  return state.journal.problem === problem ? state : { ...state, journal: { ...state.journal, problem } };
}

/** Alerts that the model did not have before. */
export function addAlerts(
  journal: JournalState,
  events: readonly ModelEvent[],
  before: readonly ModelEvent[],
): JournalState {
  if (events === before) return journal;
  const known = new Set(before);
  const added = alertsOf(events.filter((event) => !known.has(event)));
  if (added.length === 0) return journal;
  return journalOf(journal.entries, [...journal.alerts, ...added].slice(-mostEntries), journal.problem);
}

/** Index of the selected row; without a selection, and where it is gone, the newest. */
function selectedEntryIndex({ journal, ui }: Pick<State, 'journal' | 'ui'>): number {
  return Math.max(
    0,
    journal.rows.findIndex(({ key }) => key === ui.selectedEntry),
  );
}

export function moveEntry(state: State, by: number): State {
  const { rows } = state.journal;
  const index = selectedEntryIndex(state) + by;
  const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
  return row === undefined ? state : withUi(state, { selectedEntry: row.key });
}
