/** Tagged builds: what actions take instead of the selected one. */
import { identityKey } from '../base/identity.ts';
import { select } from './selection.ts';
import { cursorRow } from './selectors.ts';
import type { State } from './state.ts';
import { withUi } from './ui.ts';

/** Turns the tag of the selected build and goes on to the next build: Space, Space tags two. */
export function toggleTag(state: State): State {
  const row = cursorRow(state);
  if (row === null) return state;
  const key = identityKey(row.build);
  const tagged = new Set(state.ui.tagged);
  if (!tagged.delete(key)) tagged.add(key);
  const index = state.rows.indexOf(row);
  const next = state.rows.find((other, at) => at > index && other.kind === 'build');
  return select(withUi(state, { tagged }), next?.key ?? row.key);
}

export function untagAll(state: State): State {
  return withUi(state, { tagged: new Set() });
}
