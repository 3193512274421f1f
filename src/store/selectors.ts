/** Questions to the state that more than one component or transition asks. */

import type { History } from '../model/history.ts';
import { type IdentityKey, identityKey } from '../model/identity.ts';
import type { Build, Model } from '../model/model.ts';
import type { BuildRow, Mode, State } from './state.ts';

/** The model on the screen: the frozen one while the screen is frozen. */
export function shownModel(state: State): Model {
  return state.ui.frozen?.model ?? state.model;
}

export function shownHistory(state: State): History {
  return state.ui.frozen?.history ?? state.history;
}

const normal: Mode = { kind: 'normal' };

/** The mode that receives keys. */
export function topMode(state: State): Mode {
  return state.ui.modes.at(-1) ?? normal;
}

export function selectedIndex(state: State): number {
  return state.ui.selected === null ? -1 : state.rows.findIndex((row) => row.key === state.ui.selected);
}

export function selectedRow(state: State): BuildRow | null {
  return state.rows[selectedIndex(state)] ?? null;
}

/** A build of the shown model by identity; null once it has ended. */
export function findBuild(state: State, key: IdentityKey): Build | null {
  return shownModel(state).builds.find((build) => identityKey(build) === key) ?? null;
}
