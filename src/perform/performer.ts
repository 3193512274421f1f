/** The actions of the dashboard: begun by a key, reporting with the ticks, told when they end. */

import { conflictReason } from '../commands/conflicts.ts';
import { intentTitle } from '../format/intent-title.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { JournalEntry, Progress } from '../model/intents/outcome.ts';
import type { DashboardStore } from '../state/create.ts';
import { addEntries } from '../state/journal.ts';
import { applyProgress, beginAction, endAction, joinReports, markCancelling } from '../state/running.ts';
import { settle } from '../state/settle.ts';
import type { State, UiState } from '../state/state.ts';
import { withUi } from '../state/ui.ts';
import { carryOut, type Means } from './carry-out.ts';
import type { Journal } from './journal.ts';

export interface Performer {
  perform(intent: Intent): Promise<JournalEntry | null>;
  /** The newest that is not being cancelled yet. */
  cancelNewest(): void;
  /** With a tick: what was reported since the last one. */
  withReports(state: State): State;
  /** Cancels everything; resolves when all of it has ended. */
  end(): Promise<void>;
}

export interface PerformerOptions {
  readonly store: DashboardStore;
  readonly means: Means;
  readonly journal: Journal;
  /** After every action, whatever became of it. */
  readonly onEnded: (entry: JournalEntry) => void;
}

export function createPerformer({ store, means, journal, onEnded }: PerformerOptions): Performer {
  const { clock } = means.ports;
  const running = new Map<number, { readonly abort: AbortController; readonly done: Promise<unknown> }>();
  let reports = new Map<number, Progress>();
  let lastId = 0;

  const update = (change: (state: State) => State) => store.setState(change, true);

  async function run(id: number, intent: Intent, abort: AbortController): Promise<JournalEntry> {
    const report = (progress: Progress) => void reports.set(id, joinReports(reports.get(id), progress));
    const entry = await carryOut(
      { intent, via: 'dashboard', report, cancelled: abort.signal },
      means,
      journal,
    );
    running.delete(id);
    reports.delete(id);
    update((state) => withNotice(endAction(addEntries(state, [entry]), id), noticeOf(entry)));
    onEnded(entry);
    return entry;
  }

  return {
    async perform(intent) {
      const busy = conflictReason(
        intent.type,
        store.getState().actions.map((action) => action.intent.type),
      );
      if (busy !== undefined) {
        update((state) => withNotice(state, { text: busy, level: 'warning' }));
        return null;
      }
      lastId += 1;
      const id = lastId;
      const abort = new AbortController();
      update((state) =>
        beginAction(state, { id, intent, title: intentTitle(intent), sinceMs: clock.monotonic() }),
      );
      const done = run(id, intent, abort);
      running.set(id, { abort, done });
      return done;
    },
    cancelNewest() {
      const open = store.getState().actions.filter(({ cancelling }) => !cancelling);
      const newest = open.at(-1);
      if (newest === undefined) return;
      update((state) => markCancelling(state, newest.id));
      running.get(newest.id)?.abort.abort();
    },
    withReports(state) {
      const taken = reports;
      reports = new Map();
      return applyProgress(state, taken);
    },
    async end() {
      for (const { abort } of running.values()) abort.abort();
      await Promise.all([...running.values()].map(({ done }) => done));
    },
  };
}

export function withNotice(state: State, notice: UiState['notice']): State {
  return settle(withUi(state, { notice }), state);
}

/** What happened, the first of what is to be known besides, and that the journal has the rest. */
function noticeOf({ status, summary, details }: JournalEntry): NonNullable<UiState['notice']> {
  const [first, ...rest] = details;
  const more = rest.length === 0 ? '' : ` (+${rest.length}: 7)`;
  return {
    text: first === undefined ? summary : `${summary} · ${first}${more}`,
    level: status === 'done' ? 'info' : 'warning',
  };
}
