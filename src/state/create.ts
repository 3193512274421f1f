/** The one store of the dashboard: zustand without React; transitions are pure functions beside it. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { type Actor, rootActor } from '../model/intents/actor.ts';
import type { Model } from '../model/model.ts';
import { emptyHistory, extendHistory } from '../model/past/history.ts';
import { recorderOff } from '../model/past/recorded.ts';
import type { ReplayState } from '../model/past/replay.ts';
import { emptyTrack, extendTrack } from '../model/past/track-rings.ts';
import type { WatchedCommand } from '../model/ui/watched-command.ts';
import { failedRows } from './failed.ts';
import { alertsOf, journalOf } from './journal.ts';
import { buildRows } from './rows.ts';
import { layoutOf } from './settle.ts';
import type { Health, State, TerminalState, UiState } from './state.ts';
import { deriveTrees, noTrees } from './trees.ts';
import { initialUi } from './ui.ts';

export interface InitialState {
  readonly model: Model;
  readonly terminal: TerminalState;
  readonly health?: Partial<Health>;
  readonly ui?: Partial<UiState>;
  readonly actor?: Actor;
  readonly command?: WatchedCommand | null;
  readonly replay?: ReplayState | null;
}

export type DashboardStore = StoreApi<State>;

export function initialState(initial: InitialState): State {
  const { model, terminal, replay = null } = initial;
  const ui = { ...initialUi, ...initial.ui };
  const health: Health = {
    latenessMs: 0,
    lowDetail: false,
    intervalScale: 1,
    readOnly: false,
    privilegeHint: null,
    hardening: null,
    recorder: recorderOff,
    ...initial.health,
  };
  const trees = deriveTrees(model, ui, noTrees);
  const rows = buildRows(model, ui, [], [], trees);
  const failed = failedRows(model, ui, [], []);
  return {
    model,
    history: extendHistory(emptyHistory, model, null),
    track: extendTrack(emptyTrack, model, null),
    rows,
    failed,
    trees,
    ui,
    log: null,
    terminal,
    layout: layoutOf({ terminal, ui, health, model, actions: [], replay, rows, failed }),
    health,
    actor: initial.actor ?? rootActor,
    actions: [],
    paused: [],
    lowered: [],
    journal: journalOf([], alertsOf(model.events), null),
    generations: null,
    profiles: [],
    storeCheck: { last: null, garbage: null },
    command: initial.command ?? null,
    replay,
  };
}

export function createDashboardStore(initial: InitialState): DashboardStore {
  return createStore<State>(() => initialState(initial));
}
