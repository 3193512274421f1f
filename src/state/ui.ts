/** What the user chose: how it starts and how a transition changes it. */
import type { State, UiState } from './state.ts';

export const initialUi: UiState = {
  view: 'overview',
  modes: [{ kind: 'normal' }],
  selected: null,
  sort: 'resident',
  inverted: false,
  columns: null,
  filter: '',
  search: '',
  unfolded: new Set(),
  folded: new Set(),
  tagged: new Set(),
  dismissed: new Set(),
  frozen: null,
  selectedDisk: null,
  scroll: 0,
  notice: null,
  selectedGeneration: null,
  profile: 0,
  selectedEntry: null,
  selectedDiagnosis: null,
  selectedPeer: null,
  charts: { range: '5min', cursorMs: null, line: 0 },
};

export function withUi(state: State, change: Partial<UiState>): State {
  return { ...state, ui: { ...state.ui, ...change } };
}
