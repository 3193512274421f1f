/** The build list with its summary; what is below it when room is left, and what stands there without builds. */
import { memo, type ReactElement, useMemo } from 'react';
import { cursorFailed, cursorRow, shownModel, useModelParts, useSelect } from '../../hooks/use-select.ts';
import { readsKnown } from '../../src/format/build-columns.ts';
import { holderIn } from '../../src/format/rebuild-words.ts';
import type { Model } from '../../src/model/model.ts';
import { belowRows } from '../below/below-rows.ts';
import { emptyRows } from '../empty/empty-rows.ts';
import { lateBy } from '../late.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { buildListRows } from './build-rows.ts';
import { failedRowsDrawn } from './failed-rows.ts';
import { summaryRow } from './summary-row.ts';

const shownParts = [
  ...(['builds', 'clients', 'workers', 'transfers', 'totals', 'daemon', 'otherDaemons'] as const),
  ...(['memory', 'disks', 'filesystems', 'events', 'problems'] as const),
];

const noRebuilds = [] as const;

function runningIn(rebuilds: Model['rebuilds']): number {
  return rebuilds.reduce((sum, { over, rebuild }) => sum + (over ? 0 : rebuild.running.size), 0);
}

export const BuildTable = memo(function BuildTable({ more }: { readonly more: boolean }): ReactElement {
  const model = useModelParts(shownParts);
  const rows = useSelect((state) => state.rows);
  // Only what stands in place of builds tells of rebuilds.
  const rebuilds = useSelect((state) => (state.rows.length === 0 ? shownModel(state).rebuilds : noRebuilds));
  const failed = useSelect((state) => state.failed);
  const failedKey = useSelect((state) => cursorFailed(state)?.key ?? null);
  const scroll = useSelect((state) => state.ui.scroll);
  const selected = useSelect((state) => cursorRow(state)?.key ?? null);
  const sort = useSelect((state) => state.ui.sort);
  const tree = useSelect((state) => state.trees.size > 0);
  // What only the log tells goes on between two looks at the processes.
  const treeMs = useSelect((state) =>
    state.trees.size === 0 ? 0 : Math.floor(shownModel(state).timeMs / 1000) * 1000,
  );
  const inverted = useSelect((state) => state.ui.inverted);
  const ownColumns = useSelect((state) => state.ui.columns);
  const filter = useSelect((state) => state.ui.filter);
  const tagged = useSelect((state) => state.ui.tagged.size);
  const lateSec = useSelect((state) => lateBy(state, 'forest'));
  const unprivileged = useSelect((state) => state.health.privilegeHint !== null);
  const { columns, summaryRows, columnRows, listRows, failedRows } = useSelect((state) => state.layout);
  const height = summaryRows + columnRows + listRows + failedRows;
  const theme = useTheme();

  // A cursor that moves changes two rows, and the rest is there.
  const drawn = useMemo(() => {
    const shown: string[] = [];
    if (summaryRows > 0) {
      const last = Math.min(rows.length, scroll + listRows);
      const window = rows.length > listRows ? { first: scroll + 1, last, of: rows.length } : null;
      shown.push(
        summaryRow(
          { model, sort: tree ? null : sort, filter, tagged, window, lateSec, logged: runningIn(rebuilds) },
          columns,
          theme,
        ),
      );
    }
    const before = shown.length;
    // Not by what is known alone: the column would come and go with each first sight of a build.
    const io = !unprivileged || readsKnown(model.builds);
    const { clients } = model;
    const holderOf = holderIn(model);
    const timeMs = Math.max(model.timeMs, treeMs);
    const list = {
      ...{ rows, io, clients, holderOf, timeMs, scroll, height: listRows, sort, inverted, more },
      columns: ownColumns,
    };
    const builds = rows.length === 0 ? null : buildListRows(list, columns, theme);
    if (builds !== null) shown.push(...builds.rows);
    else
      shown.push(
        ...emptyRows({ ...model, rebuilds }, filter, columns, theme).slice(0, listRows + columnRows),
      );
    const below = { failed, height: failedRows, selected: failedKey, above: builds?.fit ?? null };
    shown.push(...failedRowsDrawn(below, columns, theme));
    shown.push(...belowRows(model, height - shown.length, columns, theme, more ? 'clients' : 'machine'));
    return { shown, before, builds };
  }, [
    model,
    rows,
    rebuilds,
    failed,
    failedKey,
    failedRows,
    scroll,
    sort,
    tree,
    treeMs,
    inverted,
    ownColumns,
    filter,
    tagged,
    lateSec,
    unprivileged,
    more,
    columns,
    summaryRows,
    columnRows,
    listRows,
    height,
    theme,
  ]);
  const { shown, before, builds } = drawn;
  const chosen = builds?.under(selected) ?? null;
  const all = chosen === null ? shown : shown.with(before + chosen.at, chosen.row);
  return <Lines rows={all} height={height} />;
});
