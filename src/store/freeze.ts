/** `z`: the screen stands still while sampling goes on. */
import type { State } from './state.ts';
import { withUi } from './ui.ts';

export function toggleFreeze(state: State): State {
  const frozen = state.ui.frozen === null ? { model: state.model, history: state.history } : null;
  return withUi(state, { frozen });
}
