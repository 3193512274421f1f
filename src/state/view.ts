/** Which view is open, and whether the screen stands still. */
import { type ViewId, viewIds } from '../model/ui/views.ts';
import type { State } from './state.ts';
import { withUi } from './ui.ts';

/** Leaves help and details. */
export function showView(state: State, view: ViewId): State {
  return withUi(state, { view, modes: state.ui.modes.slice(0, 1) });
}

export function turnView(state: State, by: 1 | -1): State {
  const index = viewIds.indexOf(state.ui.view) + by + viewIds.length;
  return showView(state, viewIds[index % viewIds.length] ?? 'overview');
}

/** `z`: the screen stands still while sampling goes on. */
export function toggleFreeze(state: State): State {
  const { model, history, track } = state;
  return withUi(state, { frozen: state.ui.frozen === null ? { model, history, track } : null });
}
