/** What the keys that move go through in each view: from the cursor, which stands at the top at first. */
import { chartGrid } from '../model/ui/chart-grid.ts';
import type { ViewId } from '../model/ui/views.ts';
import { diagnosisRows, moveDiagnosis } from './diagnosis.ts';
import { cursorFailed } from './failed.ts';
import { generationsShown, moveGeneration } from './generation-list.ts';
import { moveEntry } from './journal.ts';
import { movePeer, peersShown } from './peers.ts';
import { select } from './selection.ts';
import { cursorIndex, shownModel } from './selectors.ts';
import type { State } from './state.ts';
import { moveChartLine, moveCursor, pageCursor } from './track.ts';
import { withUi } from './ui.ts';

interface ViewList {
  readonly length: (state: State) => number;
  /** Stops at the ends; there by Infinity. */
  readonly move: (state: State, by: number) => State;
  /** What a page is a page of. */
  readonly rows: (state: State) => number;
  /** Where Home, End and the pages go through something else. */
  readonly edge?: (state: State, by: number) => State;
  readonly page?: (state: State, by: 1 | -1) => State;
}

const listRows = ({ layout }: State) => layout.listRows;
/** A part of the page is about the selected row. */
const halfPage = ({ layout }: State) => Math.ceil(layout.pageRows / 2);

const builds: ViewList = {
  length: ({ rows, failed }) => rows.length + failed.length,
  move: moveRow,
  rows: listRows,
};

export const viewLists: Readonly<Record<ViewId, ViewList>> = {
  overview: builds,
  builds,
  disks: { length: (state) => shownModel(state).disks.length, move: moveDisk, rows: listRows },
  history: {
    length: ({ layout }) => chartGrid(layout).charts.length,
    move: moveChartLine,
    rows: listRows,
    edge: moveCursor,
    page: pageCursor,
  },
  generations: { length: (state) => generationsShown(state).length, move: moveGeneration, rows: halfPage },
  diagnosis: {
    length: (state) => diagnosisRows(shownModel(state)).length,
    move: moveDiagnosis,
    rows: halfPage,
  },
  journal: { length: ({ journal }) => journal.rows.length, move: moveEntry, rows: halfPage },
  caches: { length: (state) => peersShown(state).length, move: movePeer, rows: halfPage },
};

/** What failed comes after the builds. */
function moveRow(state: State, by: number): State {
  const { rows, failed } = state;
  const chosen = cursorFailed(state);
  const at = chosen === null ? Math.max(0, cursorIndex(state)) : rows.length + failed.indexOf(chosen);
  const index = Math.min(Math.max(at + by, 0), rows.length + failed.length - 1);
  const row = rows[index] ?? failed[index - rows.length];
  return row === undefined ? state : select(state, row.key);
}

function moveDisk(state: State, by: number): State {
  const disks = shownModel(state).disks;
  const index = disks.findIndex((disk) => disk.device === state.ui.selectedDisk);
  const next = index < 0 && by > 0 && Number.isFinite(by) ? by - 1 : index + by;
  const disk = disks[Math.min(Math.max(next, 0), disks.length - 1)];
  return disk === undefined ? state : withUi(state, { selectedDisk: disk.device });
}
