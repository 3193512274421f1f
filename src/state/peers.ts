/** View 8: caches, builders and checks as one list, and the page about one of them. */
import { type PeerRow, peerIndex, peerParts, peerRows } from '../model/caches/peer-list.ts';
import { shownModel } from './selectors.ts';
import type { State } from './state.ts';
import { withUi } from './ui.ts';

export { peerIndex, peerParts, peerRows };

export function peersShown(state: State): readonly PeerRow[] {
  return peerRows(shownModel(state));
}

/** Null: the list is empty. */
export function cursorPeer(state: State): PeerRow | null {
  const rows = peersShown(state);
  return rows[peerIndex(rows, state.ui.selectedPeer)] ?? null;
}

export function movePeer(state: State, by: number): State {
  const rows = peersShown(state);
  const index = peerIndex(rows, state.ui.selectedPeer) + by;
  const row = rows[Math.min(Math.max(index, 0), rows.length - 1)];
  return row === undefined ? state : withUi(state, { selectedPeer: row.key });
}
