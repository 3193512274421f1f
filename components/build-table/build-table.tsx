/** The build list with its summary; what is below it when room is left, and what stands there without builds. */
import { memo, type ReactElement } from 'react';
import { cursorRow, useModelParts, useSelect } from '../../hooks/use-select.ts';
import { readsKnown } from '../../src/format/build-columns.ts';
import { belowRows } from '../below/below-rows.ts';
import { emptyRows } from '../empty/empty-rows.ts';
import { lateBy } from '../late.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { buildListRows } from './build-rows.ts';
import { summaryRow } from './summary-row.ts';

const shownParts = [
  ...(['builds', 'clients', 'workers', 'transfers', 'totals', 'daemon', 'otherDaemons'] as const),
  ...(['memory', 'disks', 'filesystems', 'events', 'problems'] as const),
];

export const BuildTable = memo(function BuildTable({ more }: { readonly more: boolean }): ReactElement {
  const model = useModelParts(shownParts);
  const rows = useSelect((state) => state.rows);
  const scroll = useSelect((state) => state.ui.scroll);
  const selected = useSelect((state) => cursorRow(state)?.key ?? null);
  const sort = useSelect((state) => state.ui.sort);
  const inverted = useSelect((state) => state.ui.inverted);
  const filter = useSelect((state) => state.ui.filter);
  const tagged = useSelect((state) => state.ui.tagged.size);
  const lateSec = useSelect((state) => lateBy(state, 'forest'));
  const unprivileged = useSelect((state) => state.health.privilegeHint !== null);
  const { columns, summaryRows, columnRows, listRows } = useSelect((state) => state.layout);
  const theme = useTheme();

  const shown: string[] = [];
  if (summaryRows > 0) {
    const last = Math.min(rows.length, scroll + listRows);
    const window = rows.length > listRows ? { first: scroll + 1, last, of: rows.length } : null;
    shown.push(summaryRow({ model, sort, filter, tagged, window, lateSec }, columns, theme));
  }
  if (rows.length === 0) {
    shown.push(...emptyRows(model, filter, columns, theme).slice(0, listRows + columnRows));
  } else {
    // Not by what is known alone: the column would come and go with each first sight of a build.
    const io = !unprivileged || readsKnown(model.builds);
    const list = {
      rows,
      io,
      clients: model.clients,
      timeMs: model.timeMs,
      scroll,
      height: listRows,
      selected,
      sort,
      inverted,
      more,
    };
    shown.push(...buildListRows(list, columns, theme));
  }
  const height = summaryRows + columnRows + listRows;
  shown.push(...belowRows(model, height - shown.length, columns, theme, more ? 'clients' : 'machine'));
  return <Lines rows={shown} height={height} />;
});
