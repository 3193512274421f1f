/** The tree: a build and the processes below it. */
import { type IdentityKey, identityKey } from '../base/identity.ts';
import { select } from './selection.ts';
import { cursorRow } from './selectors.ts';
import type { State } from './state.ts';
import { withUi } from './ui.ts';

/** Shows the processes of the selected build. */
export function unfold(state: State): State {
  const row = cursorRow(state);
  if (row === null || row.kind === 'process' || row.unfolded) return state;
  return withUnfolded(select(state, row.key), new Set([...state.ui.unfolded, row.key]));
}

/** Hides them; on a process, its build becomes the selected row. */
export function fold(state: State): State {
  const row = cursorRow(state);
  if (row === null) return state;
  const key = identityKey(row.build);
  if (!state.ui.unfolded.has(key)) return state;
  const rest = new Set(state.ui.unfolded);
  rest.delete(key);
  return withUnfolded(select(state, key), rest);
}

function withUnfolded(state: State, unfolded: ReadonlySet<IdentityKey>): State {
  return withUi(state, { unfolded });
}
