/** View 5, upper part: the generations of one profile, and what differs in the selected one. */
import { memo, type ReactElement } from 'react';
import type { GenerationsState } from '../../src/model/nix-store/generations.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { differenceRows } from './difference-rows.ts';
import { firstVisible, generationRows, generationSummary } from './generation-rows.ts';

export interface GenerationsViewProps {
  readonly state: GenerationsState;
  readonly columns: number;
  /** Rows to fill, exactly. */
  readonly rows: number;
  /** Number of the selected generation. */
  readonly selected: number | null;
}

/** Rows of the table, its titles not counted, and of the pane below it. */
export function generationsLayout(
  rows: number,
  generations: number,
): { readonly listRows: number; readonly paneRows: number } {
  const free = Math.max(1, rows - 2);
  // Below this the table alone is of use; a blank row stands between the two.
  if (rows < 12) return { listRows: free, paneRows: 0 };
  const listRows = Math.max(1, Math.min(Math.max(generations, 1), Math.ceil(free / 2)));
  return { listRows, paneRows: free - listRows - 1 };
}

export const GenerationsView = memo(function GenerationsView(props: GenerationsViewProps): ReactElement {
  const { state, columns, rows, selected } = props;
  const theme = useTheme();
  const list = state.list?.ok ? state.list.value : null;
  const count = list?.generations.length ?? 0;
  const { listRows, paneRows } = generationsLayout(rows, count);
  const first = list === null ? 0 : firstVisible(list, selected, listRows);
  const window = count > listRows ? { first: first + 1, last: Math.min(count, first + listRows) } : null;
  const shown = [
    generationSummary(state, window, columns, theme),
    ...generationRows(state, selected, listRows, columns, theme),
  ];
  const pane = differenceRows(state, selected, paneRows, columns, theme);
  if (pane.length > 0) shown.push('', ...pane);
  return <Lines rows={shown.slice(0, rows)} height={rows} />;
});
