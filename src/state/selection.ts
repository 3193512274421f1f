/** Which row is selected: the selection follows identity, never a row number. */
import { identityKey, sameProcess } from '../base/identity.ts';
import type { BuildTarget, Intent } from '../model/intents/intent.ts';
import { cursorRow, topMode } from './selectors.ts';
import type { State } from './state.ts';
import { treeKeyOf } from './tree-rows.ts';
import { withUi } from './ui.ts';

export function select(state: State, key: string | null): State {
  return key === state.ui.selected ? state : withUi(state, { selected: key });
}

/** The row that was looked at stays the one under the cursor, whatever comes above it. */
export function selectCursor(state: State): State {
  const row = topMode(state).kind === 'normal' ? cursorRow(state) : null;
  return row === null ? state : select(state, row.key);
}

/**
 * What a key has touched is selected from then on: when the list is sorted anew, the next key, which may take
 * it back, finds the same build.
 */
export function selectTouched(state: State, intent: Intent): State {
  const row = cursorRow(state);
  if (row === null || row.kind === 'tree' || topMode(state).kind !== 'normal') return state;
  return touched(intent).some(({ root }) => sameProcess(row.build, root)) ? select(state, row.key) : state;
}

function touched(intent: Intent): readonly BuildTarget[] {
  if ('targets' in intent) return intent.targets;
  return intent.type === 'signal' ? [intent.build] : [];
}

/** A failure that was dismissed or is gone leaves the selection to the one that takes its place. */
function keepFailed(state: State, before: State): State | null {
  const { selected } = state.ui;
  if (state.failed.some(({ key }) => key === selected)) return state;
  const index = before.failed.findIndex(({ key }) => key === selected);
  if (index < 0) return null;
  const successor = state.failed[Math.min(index, state.failed.length - 1)] ?? state.rows.at(-1);
  return select(state, successor?.key ?? null);
}

/**
 * Where the selection goes when its row is no longer there: a folded or ended process leaves it to its
 * build, an ended build to the row that takes its place.
 */
export function keepSelection(state: State, last: State): State {
  const { selected } = state.ui;
  if (selected === null || cursorRow(state) !== null) return state;
  const failed = keepFailed(state, last);
  if (failed !== null) return failed;
  const before = last.rows;
  const index = before.findIndex((row) => row.key === selected);
  const old = before[index];
  // A derivation that begins or ends to run is another row, and the same derivation.
  const place = old === undefined ? null : treeKeyOf(old);
  const same = place === null ? undefined : state.rows.find((row) => treeKeyOf(row) === place);
  if (same !== undefined) return select(state, same.key);
  const successor = state.rows[Math.min(Math.max(index, 0), state.rows.length - 1)];
  if (old?.kind !== 'process') return select(state, successor?.key ?? null);
  const build = identityKey(old.build);
  if (successor?.kind === 'process' && identityKey(successor.build) === build)
    return select(state, successor.key);
  const own = state.rows.find((row) => row.kind === 'build' && row.key === build);
  return select(state, own?.key ?? successor?.key ?? null);
}
