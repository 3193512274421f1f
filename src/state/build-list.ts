/** What is marked in the build list: what is open and closed below a row, and tagged builds, which actions take. */
import { identityKey } from '../base/identity.ts';
import { select } from './selection.ts';
import { cursorRow } from './selectors.ts';
import type { BuildRow, State } from './state.ts';
import { rowAbove } from './tree-rows.ts';
import { withUi } from './ui.ts';

/** Shows what is below the selected row: the processes of a build, derivations. */
export function unfold(state: State): State {
  const row = cursorRow(state);
  if (row === null || isOpen(row) !== false) return state;
  return opened(state, row, true);
}

/** Hides it; where nothing is shown below a row, what is above it becomes the selected row. */
export function fold(state: State): State {
  const row = cursorRow(state);
  if (row === null) return state;
  if (row.kind === 'process') {
    const build = state.rows.find(({ key }) => key === identityKey(row.build));
    return build === undefined ? state : opened(state, build, false);
  }
  if (isOpen(row) === true) return opened(state, row, false);
  const above = rowAbove(state.rows, row);
  return above === null ? state : select(state, above.key);
}

/** Null: there is nothing below it. */
export function isOpen(row: BuildRow): boolean | null {
  if (row.kind === 'process') return null;
  return row.kind === 'tree' ? row.node.open : row.unfolded;
}

function opened(state: State, { key, kind }: BuildRow, open: boolean): State {
  const unfolded = new Set(state.ui.unfolded);
  const folded = new Set(state.ui.folded);
  unfolded.delete(key);
  folded.delete(key);
  if (open) unfolded.add(key);
  else if (kind === 'tree') folded.add(key);
  return withUi(select(state, key), { unfolded, folded });
}

/** Turns the tag of the selected build and goes on to the next build: Space, Space tags two. */
export function toggleTag(state: State): State {
  const row = cursorRow(state);
  if (row === null || row.kind === 'tree') return state;
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
