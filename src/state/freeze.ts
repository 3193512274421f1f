/** `z`: the screen stands still while sampling goes on. */
import type { State } from './state.ts';
import { withUi } from './ui.ts';

export function toggleFreeze(state: State): State {
  const { model, history, track } = state;
  return withUi(state, { frozen: state.ui.frozen === null ? { model, history, track } : null });
}
