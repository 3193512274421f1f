/** Tagged builds: what actions take instead of the selected one. */
import { identityKey } from '../model/identity.ts';
import { moveSelection } from './selection.ts';
import { selectedRow } from './selectors.ts';
import type { State } from './state.ts';
import { withUi } from './ui.ts';

/** Turns the tag of the selected build and goes one row down, as in htop. */
export function toggleTag(state: State): State {
  const row = selectedRow(state);
  if (row === null) return state;
  const key = identityKey(row.build);
  const tagged = new Set(state.ui.tagged);
  if (!tagged.delete(key)) tagged.add(key);
  return moveSelection(withUi(state, { tagged }), 1);
}

export function untagAll(state: State): State {
  return withUi(state, { tagged: new Set() });
}
