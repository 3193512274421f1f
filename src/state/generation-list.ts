/** View 5: which profile, which generation. */
import {
  type FoundProfile,
  type Generation,
  type GenerationsState,
  generationOf,
  previousGeneration,
} from '../model/nix-store/generations.ts';
import type { State } from './state.ts';
import { withUi } from './ui.ts';

export function generationsShown({ generations }: Pick<State, 'generations'>): readonly Generation[] {
  return generations?.list?.ok ? generations.list.value.generations : [];
}

export function selectedGeneration(state: State): Generation | null {
  const list = state.generations?.list;
  if (!list?.ok || state.ui.selectedGeneration === null) return null;
  return generationOf(list.value, state.ui.selectedGeneration);
}

export function moveGeneration(state: State, by: number): State {
  const shown = generationsShown(state);
  const index = shown.findIndex(({ number }) => number === state.ui.selectedGeneration);
  const next = shown[Math.min(Math.max(index + by, 0), shown.length - 1)];
  return next === undefined ? state : withUi(state, { selectedGeneration: next.number });
}

export function turnProfile(state: State, by: 1 | -1): State {
  const count = state.profiles.length;
  if (count === 0) return state;
  return withUi(state, { profile: (state.ui.profile + by + count) % count, selectedGeneration: null });
}

export function applyProfiles(state: State, profiles: readonly FoundProfile[]): State {
  const profile = Math.min(state.ui.profile, Math.max(0, profiles.length - 1));
  const next = { ...state, profiles };
  return profile === state.ui.profile ? next : withUi(next, { profile });
}

/** What was read; the selection stays, and is at first where a rollback would go. */
export function applyGenerations(state: State, generations: GenerationsState): State {
  const next = { ...state, generations };
  if (!generations.list?.ok) return next;
  const list = generations.list.value;
  const { selectedGeneration: chosen } = state.ui;
  if (chosen !== null && generationOf(list, chosen) !== null) return next;
  const first = previousGeneration(list)?.number ?? list.defaultNumber ?? list.generations[0]?.number;
  return withUi(next, { selectedGeneration: first ?? null });
}
