/** Which view is open. */
import type { State, ViewId } from './state.ts';
import { withUi } from './ui.ts';

export const viewIds: readonly ViewId[] = [
  'overview',
  'builds',
  'disks',
  'history',
  'generations',
  'journal',
];

/** Leaves help and details. */
export function showView(state: State, view: ViewId): State {
  return withUi(state, { view, modes: state.ui.modes.slice(0, 1) });
}

/** The number on its key. */
export const viewNumbers: Readonly<Record<ViewId, number>> = {
  overview: 1,
  builds: 2,
  disks: 3,
  history: 4,
  generations: 5,
  journal: 7,
};

export function turnView(state: State, by: 1 | -1): State {
  const index = viewIds.indexOf(state.ui.view) + by + viewIds.length;
  return showView(state, viewIds[index % viewIds.length] ?? 'overview');
}
