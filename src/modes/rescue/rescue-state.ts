/** What the rescue screen knows: the newest model, which build is picked, which question is open. */

import { type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { HardeningPart } from '../../model/health/hardening.ts';
import type { Actor } from '../../model/intents/actor.ts';
import { heaviestFirst } from '../../model/intents/heaviest-build.ts';
import type { Progress } from '../../model/intents/outcome.ts';
import type { Build, Model } from '../../model/model.ts';
import type { Question } from '../../model/ui/modes.ts';
import type { RunningAction, UiState } from '../../state/state.ts';

export interface RescueState {
  readonly model: Model;
  readonly columns: number;
  readonly rows: number;
  readonly actor: Actor;
  readonly readOnly: boolean;
  /** Follows the process, wherever it stands in the list. */
  readonly picked: ProcessIdentity | null;
  readonly question: Exclude<Question, { readonly kind: 'offer' }> | null;
  readonly notice: UiState['notice'];
  readonly actions: readonly RunningAction[];
  /** How late the last tick came, ms. */
  readonly latenessMs: number;
  readonly intervalScale: number;
  /** What was done to stay alive; null before it was tried. */
  readonly hardening: readonly HardeningPart[] | null;
  /** `?`: its parts are told until the next key. */
  readonly explained: boolean;
}

/** As many as there are number keys. */
export const mostListed = 10;

/** The builds with a number, the heaviest first. */
export function listed({ model }: Pick<RescueState, 'model'>): readonly Build[] {
  return heaviestFirst(model).slice(0, mostListed);
}

/** The picked build; where there is only one, that one. */
export function pickedBuild({ model, picked }: RescueState): Build | null {
  const [only] = model.builds;
  if (picked === null) return model.builds.length === 1 ? (only ?? null) : null;
  return model.builds.find((build) => sameProcess(build, picked)) ?? null;
}

export function pick(state: RescueState, build: Build | undefined): RescueState {
  if (build === undefined) return state;
  return { ...state, picked: { pid: build.pid, startTime: build.startTime }, notice: null };
}

/** From the picked row up or down. */
export function movePick(state: RescueState, by: number): RescueState {
  const builds = listed(state);
  const now = pickedBuild(state);
  const at = now === null ? -1 : builds.findIndex((build) => sameProcess(build, now));
  const next = at < 0 ? (by > 0 ? 0 : builds.length - 1) : at + by;
  return pick(state, builds[Math.min(Math.max(next, 0), builds.length - 1)]);
}

/** A tick. What was picked and has ended is picked no more. */
export function applyTick(state: RescueState, model: Model, latenessMs: number): RescueState {
  const next = { ...state, model, latenessMs };
  return state.picked !== null && pickedBuild(next) === null ? { ...next, picked: null } : next;
}

export function withNotice(state: RescueState, text: string, level: 'info' | 'warning'): RescueState {
  return { ...state, notice: { text, level } };
}

export function withAction(
  state: RescueState,
  begun: Pick<RunningAction, 'id' | 'intent' | 'title' | 'sinceMs'>,
): RescueState {
  return { ...state, actions: [...state.actions, { ...begun, progress: {}, lines: [], cancelling: false }] };
}

export function withCancelling(state: RescueState, id: number): RescueState {
  const actions = state.actions.map((action) =>
    action.id === id ? { ...action, cancelling: true } : action,
  );
  return { ...state, actions };
}

export function withReport(state: RescueState, id: number, { lines, ...progress }: Progress): RescueState {
  const actions = state.actions.map((action) =>
    action.id === id ? { ...action, progress: { ...action.progress, ...progress } } : action,
  );
  return { ...state, actions };
}

export function withoutAction(state: RescueState, id: number): RescueState {
  return { ...state, actions: state.actions.filter((action) => action.id !== id) };
}
