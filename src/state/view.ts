/** Which view is open. */
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
