/** Moving through lists: the selection follows identity, never a row number. */
import { identityKey, sameProcess } from '../base/identity.ts';
import type { BuildTarget, Intent } from '../model/intents/intent.ts';
import { moveGeneration } from './generation-list.ts';
import { moveEntry } from './journal.ts';
import { cursorIndex, cursorRow, shownModel, topMode } from './selectors.ts';
import type { BuildRow, State } from './state.ts';
import { moveChartLine, moveCursor } from './track.ts';
import { withUi } from './ui.ts';

/** From the cursor, which stands at the top before anything is selected. */
export function moveSelection(state: State, by: number): State {
  const { view } = state.ui;
  if (view === 'disks') return moveDisk(state, by);
  if (view === 'generations') return moveGeneration(state, by);
  if (view === 'journal') return moveEntry(state, by);
  if (view === 'history') return moveChartLine(state, by);
  return selectIndex(state, Math.max(0, cursorIndex(state)) + by);
}

export function moveToEdge(state: State, to: 'first' | 'last'): State {
  const far = to === 'first' ? -Infinity : Infinity;
  const { view } = state.ui;
  if (view === 'disks') return moveDisk(state, far);
  if (view === 'generations') return moveGeneration(state, far);
  if (view === 'history') return moveCursor(state, far);
  return view === 'journal' ? moveEntry(state, far) : selectIndex(state, far);
}

function selectIndex(state: State, index: number): State {
  const row = state.rows[Math.min(Math.max(index, 0), state.rows.length - 1)];
  return row === undefined ? state : select(state, row.key);
}

export function select(state: State, key: string | null): State {
  return key === state.ui.selected ? state : withUi(state, { selected: key });
}

/**
 * What a key has touched is selected from then on: when the list is sorted anew, the next key, which may take
 * it back, finds the same build.
 */
export function holdTouched(state: State, intent: Intent): State {
  const row = cursorRow(state);
  if (row === null || topMode(state).kind !== 'normal') return state;
  return touched(intent).some(({ root }) => sameProcess(row.build, root)) ? select(state, row.key) : state;
}

function touched(intent: Intent): readonly BuildTarget[] {
  if ('targets' in intent) return intent.targets;
  return intent.type === 'signal' ? [intent.build] : [];
}

function moveDisk(state: State, by: number): State {
  const disks = shownModel(state).disks;
  const index = disks.findIndex((disk) => disk.device === state.ui.selectedDisk);
  const next = index < 0 && by > 0 && Number.isFinite(by) ? by - 1 : index + by;
  const disk = disks[Math.min(Math.max(next, 0), disks.length - 1)];
  return disk === undefined ? state : withUi(state, { selectedDisk: disk.device });
}

/**
 * Where the selection goes when its row is no longer there: a folded or ended process leaves it to its
 * build, an ended build to the row that takes its place.
 */
export function keepSelection(state: State, before: readonly BuildRow[]): State {
  const { selected } = state.ui;
  if (selected === null || cursorRow(state) !== null) return state;
  const index = before.findIndex((row) => row.key === selected);
  const old = before[index];
  const heir = state.rows[Math.min(Math.max(index, 0), state.rows.length - 1)];
  if (old?.kind !== 'process') return select(state, heir?.key ?? null);
  const build = identityKey(old.build);
  if (heir?.kind === 'process' && identityKey(heir.build) === build) return select(state, heir.key);
  const own = state.rows.find((row) => row.kind === 'build' && row.key === build);
  return select(state, own?.key ?? heir?.key ?? null);
}
