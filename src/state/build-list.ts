/** What is marked in the build list: builds whose processes are shown, and tagged ones, which actions take. */
import { identityKey } from '../base/identity.ts';
import { select } from './selection.ts';
import { cursorRow } from './selectors.ts';
import type { State } from './state.ts';
import { withUi } from './ui.ts';

/** Shows the processes of the selected build. */
export function unfold(state: State): State {
  const row = cursorRow(state);
  if (row === null || row.kind === 'process' || row.unfolded) return state;
  return withUi(select(state, row.key), { unfolded: new Set([...state.ui.unfolded, row.key]) });
}

/** Hides them; on a process, its build becomes the selected row. */
export function fold(state: State): State {
  const row = cursorRow(state);
  if (row === null) return state;
  const key = identityKey(row.build);
  const unfolded = new Set(state.ui.unfolded);
  return unfolded.delete(key) ? withUi(select(state, key), { unfolded }) : state;
}

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
