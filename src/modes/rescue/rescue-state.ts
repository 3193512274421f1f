/** The dashboard's State as the rescue screen has it: its list is the ten heaviest builds, and a number picks one. */
import { identityKey } from '../../base/identity.ts';
import { heaviestFirst } from '../../model/intents/heaviest-build.ts';
import type { Build, Model } from '../../model/model.ts';
import { select } from '../../state/selection.ts';
import { findBuild } from '../../state/selectors.ts';
import { settle } from '../../state/settle.ts';
import type { Health, State } from '../../state/state.ts';

/** As many as there are number keys. */
export const mostListed = 10;

/** The builds with a number, the heaviest first. */
export function listed({ model }: Pick<State, 'model'>): readonly Build[] {
  return heaviestFirst(model).slice(0, mostListed);
}

/** Follows the process, wherever it stands in the list. */
export function pickedBuild(state: State): Build | null {
  const { selected } = state.ui;
  return selected === null ? null : findBuild(state, selected);
}

export function pick(state: State, build: Build | undefined): State {
  return build === undefined ? state : select(state, identityKey(build));
}

/** From the picked row up or down. */
export function movePick(state: State, by: number): State {
  const builds = listed(state);
  const at = builds.findIndex((build) => identityKey(build) === state.ui.selected);
  const next = at < 0 ? (by > 0 ? 0 : builds.length - 1) : at + by;
  return pick(state, builds[Math.min(Math.max(next, 0), builds.length - 1)]);
}

/** Where there is only one build, it is the one. */
export function pickOnly(state: State): State {
  const { builds } = state.model;
  return builds.length === 1 ? pick(state, builds[0]) : state;
}

/**
 * A tick. What was picked and has ended is picked no more. What was before is not kept: the one program that must
 * stay small.
 */
export function applyTick(state: State, model: Model, health: Partial<Health> = {}): State {
  const next = { ...state, model, health: { ...state.health, ...health } };
  return settle(pickOnly(pickedBuild(next) === null ? select(next, null) : next), state);
}
