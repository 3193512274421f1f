/** The performer of a screen: what begins, reports and ends stands in its State. */
import { type Actor, rootActor } from '../model/intents/actor.ts';
import type { JournalEntry, Progress } from '../model/intents/outcome.ts';
import type { ActionDeps } from '../perform/action-deps.ts';
import type { Journal } from '../perform/journal.ts';
import { createPerformer, type Performer } from '../perform/performer.ts';
import { addEntries } from '../state/journal.ts';
import { applyProgress, beginAction, endAction, joinReports, markCancelling } from '../state/running.ts';
import { settle } from '../state/settle.ts';
import type { State, UiState } from '../state/state.ts';
import { withUi } from '../state/ui.ts';

export interface ScreenPerformerOptions {
  readonly deps: ActionDeps;
  readonly journal: Journal;
  readonly update: (change: (state: State) => State) => void;
  /** False: there is no view in which the rest of what is to be known stands. */
  readonly journalView: boolean;
  /** After every action, whatever became of it. */
  readonly onEnded: (entry: JournalEntry) => void;
}

export interface ScreenPerformer extends Performer {
  /** With a tick: what was reported since the last one. */
  withReports(state: State): State;
}

export function createScreenPerformer(options: ScreenPerformerOptions): ScreenPerformer {
  const { deps, journal, update, journalView, onEnded } = options;
  let reports = new Map<number, Progress>();
  const performer = createPerformer({
    deps,
    journal,
    via: 'dashboard',
    begun: (action) => update((state) => beginAction(state, action)),
    progress: (id, progress) => void reports.set(id, joinReports(reports.get(id), progress)),
    cancelling: (id) => update((state) => markCancelling(state, id)),
    ended(id, entry) {
      reports.delete(id);
      update((state) => withEnded(state, id, entry, journalView));
      onEnded(entry);
    },
    refused: (text) => update((state) => withNotice(state, { text, level: 'warning' })),
  });
  return {
    ...performer,
    withReports(state) {
      const taken = reports;
      reports = new Map();
      return applyProgress(state, taken);
    },
  };
}

/** An action has ended: what became of it stands above the footer and in the journal. */
export function withEnded(state: State, id: number, entry: JournalEntry, journalView: boolean): State {
  return withNotice(endAction(addEntries(state, [entry]), id), noticeOf(entry, journalView));
}

export function withNotice(state: State, notice: UiState['notice']): State {
  return settle(withUi(state, { notice }), state);
}

/** What happened, the first of what is to be known besides, and that the journal has the rest. */
function noticeOf(
  { status, summary, details }: JournalEntry,
  journalView: boolean,
): NonNullable<UiState['notice']> {
  const [first, ...rest] = details;
  const more = rest.length === 0 || !journalView ? '' : ` (+${rest.length}: 7)`;
  return {
    text: first === undefined ? summary : `${summary} · ${first}${more}`,
    level: status === 'done' ? 'info' : 'warning',
  };
}

/** Who acts here: from the rights we have and from what is looked at. */
export function actorOf(deps: Pick<ActionDeps, 'ports' | 'collect'> | undefined): Actor {
  if (deps === undefined) return { ...rootActor, barred: 'nothing can be done here' };
  const { native, files } = deps.ports;
  // In a captured tree one may ask for everything: nothing of it is done.
  return {
    uid: native.uid,
    privileged: native.may('administer') || !files.live,
    signalsAll: native.may('signal-all') || !files.live,
    systemd: null,
    barred: null,
    ...(deps.collect && { bundles: deps.collect.directory }),
  };
}
