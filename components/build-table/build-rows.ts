/** The build list: its columns by width, its visible rows, the one under the cursor marked. */

import { type BuildLine, fitBuildColumns } from '../../src/format/build-columns.ts';
import { type Fit, tableRow, titleRow } from '../../src/format/columns.ts';
import { composeRow, type Span } from '../../src/format/row.ts';
import { treeBranches } from '../../src/format/tree.ts';
import type { TreeLine } from '../../src/format/tree-cells.ts';
import { treeLine } from '../../src/format/tree-lines.ts';
import type { HolderOf } from '../../src/format/wait-words.ts';
import { clientOfProcess } from '../../src/model/forest/derive-clients.ts';
import type { Build, BuildProcess, Client } from '../../src/model/model.ts';
import { type ChosenColumns, moreColumnIds } from '../../src/model/ui/build-list.ts';
import type { BuildRow, SortId, TreeRow } from '../../src/state/state.ts';
import type { Theme } from '../theme.ts';

export interface BuildList {
  readonly rows: readonly BuildRow[];
  readonly clients: readonly Client[];
  /** Who holds the lock of an output. */
  readonly holderOf: HolderOf;
  /** Wall clock of the model shown. */
  readonly timeMs: number;
  readonly scroll: number;
  readonly height: number;
  readonly sort: SortId;
  readonly inverted: boolean;
  /** Reads and writes of builds can be seen. */
  readonly io: boolean;
  /** The builds view: more columns. */
  readonly more: boolean;
  /** Of the settings; null: as usual. */
  readonly columns: ChosenColumns;
}

/** Fold and tag, or the selection where there is no colour. */
const markColumns = 2;

export interface BuildListRows {
  readonly fit: Fit<BuildLine>;
  /** The row of titles, then the visible rows, none of them under the cursor. */
  readonly rows: readonly string[];
  /** Where a row stands in `rows`, and how it looks under the cursor; null where it is not visible. */
  under(cursor: string | null): { readonly at: number; readonly row: string } | null;
}

export function buildListRows(list: BuildList, width: number, theme: Theme): BuildListRows {
  const { rows, scroll, height, sort, more, columns } = list;
  const tree = rows.some(({ place }) => place !== null);
  const phases = tree || rows.some((row) => row.kind !== 'tree' && row.build.phase !== null);
  const wanted = columns ?? (more && !tree ? moreColumnIds : []);
  const since =
    wanted.includes('phaseAge') &&
    rows.some((row) => row.kind !== 'tree' && row.build.log?.phaseSinceMs != null);
  const branches = new Map<Build, ReadonlyMap<BuildProcess, string>>();
  const places = tree ? placeBranches(rows) : null;
  const visible = rows.slice(scroll, scroll + height);
  const lines = visible.map((row, index): BuildLine | TreeRow => {
    const branch = places?.[scroll + index] ?? '';
    if (row.kind === 'tree') {
      const line = tableLine(row, branch, list.timeMs);
      return line === null || isSaid(row.node) ? row : line;
    }
    if (row.kind === 'process') {
      const own = branchesOf(branches, row.build).get(row.process) ?? '';
      return { ...row, branch: beside(branch) + own };
    }
    const { clientPid } = row.build;
    const pausedSec = row.pausedAtMs === null ? null : Math.max(0, (list.timeMs - row.pausedAtMs) / 1000);
    return {
      ...row,
      branch,
      pausedSec,
      phaseSec: phaseSec(row.build, list.timeMs),
      client: wanted.includes('clientPid')
        ? (clientOfProcess(list.clients, clientPid) ?? undefined)
        : undefined,
    };
  });
  // The names of what is said beside them need their room, too.
  const measured = lines.flatMap((line, index) =>
    isInColumns(line) ? line : (tableLine(line, places?.[scroll + index] ?? '', list.timeMs) ?? []),
  );
  const fit = fitBuildColumns(
    { phases, since, io: list.io, more, tree, chosen: columns },
    width - markColumns,
    measured,
  );
  const drawn = (index: number, chosen: boolean) => {
    const row = visible[index] as BuildRow;
    const line = lines[index] as BuildLine | TreeRow;
    const before = marks(row, chosen, theme);
    const whole = chosen ? 'selection' : undefined;
    if (isInColumns(line)) return tableRow(fit, line, width, theme, { before, whole });
    const facts = {
      branch: places?.[scroll + index] ?? '',
      timeMs: list.timeMs,
      holderOf: list.holderOf,
      nameColumns: fit.columns[0]?.width ?? 0,
    };
    const spans = treeLine(line.node, facts, width - markColumns, theme.unicode) ?? [];
    return composeRow([...before, ...spans], width, theme, whole);
  };
  const sorted = tree ? null : { id: sort, mark: sortMark(sort, list.inverted) };
  return {
    fit,
    rows: [
      titleRow(fit, width, theme, ' '.repeat(markColumns), sorted),
      ...lines.map((_, index) => drawn(index, false)),
    ],
    under(cursor) {
      const index = visible.findIndex(({ key }) => key === cursor);
      return index < 0 ? null : { at: index + 1, row: drawn(index, true) };
    },
  };
}

/** Null: nothing of it is in columns. */
function tableLine({ node }: TreeRow, branch: string, timeMs: number): TreeLine | null {
  return node.kind === 'derivation' ? { kind: 'tree', node, branch, timeMs } : null;
}

/** What is to be known of it has no column. */
function isSaid(node: TreeRow['node']): boolean {
  return node.kind === 'derivation' && (node.state === 'failed' || node.wait !== null);
}

function isInColumns(line: BuildLine | TreeRow): line is BuildLine {
  return line.kind !== 'tree' || !('key' in line);
}

/** Branches of the trees before the names of rows; of a process those of its build. */
function placeBranches(rows: readonly BuildRow[]): readonly string[] {
  const branches = new Array<string>(rows.length).fill('');
  const own = rows.flatMap((row, at) => (row.kind !== 'process' && row.place !== null ? [{ row, at }] : []));
  // A rebuild's row is at depth 0: where one begins, nothing of the one before goes on.
  const drawn = treeBranches(own.map(({ row }) => row.place?.depth ?? 0));
  for (const [index, { at, row }] of own.entries())
    branches[at] = row.place?.depth === 0 ? '' : (drawn[index] ?? '').slice(2);
  for (const [at, row] of rows.entries())
    if (row.kind === 'process' && row.place !== null) branches[at] = branches[at - 1] ?? '';
  return branches;
}

/** What goes on beside the lines below a row. */
function beside(branch: string): string {
  return branch.replace(/├ $/, '│ ').replace(/└ $/, '  ');
}

function phaseSec({ log }: Build, nowMs: number): number | null {
  return log?.phaseSinceMs == null ? null : Math.max(0, (nowMs - log.phaseSinceMs) / 1000);
}

/** Texts ascend and numbers descend unless inverted. */
function sortMark(sort: SortId, inverted: boolean): string {
  return (sort === 'name' || sort === 'user') !== inverted ? '▲' : '▼';
}

function marks(row: BuildRow, chosen: boolean, theme: Theme): Span[] {
  const selected = chosen ? theme.selectedMark : ' ';
  if (row.kind === 'process') return [{ text: ` ${selected}` }];
  if (row.kind === 'tree') {
    const { open } = row.node;
    return [{ text: `${open === null ? ' ' : open ? '▾' : '▸'}${selected}`, tone: 'muted' }];
  }
  const fold = row.build.tree.length === 0 ? ' ' : row.unfolded ? '▾' : '▸';
  if (row.tagged)
    return [
      { text: selected === ' ' ? fold : selected, tone: 'muted' },
      { text: '*', tone: 'accent' },
    ];
  return [{ text: fold + selected, tone: 'muted' }];
}

function branchesOf(
  known: Map<Build, ReadonlyMap<BuildProcess, string>>,
  build: Build,
): ReadonlyMap<BuildProcess, string> {
  const found = known.get(build);
  if (found !== undefined) return found;
  const drawn = treeBranches(build.tree.map(({ depth }) => depth));
  const made = new Map(build.tree.map((process, index) => [process, drawn[index] ?? '']));
  known.set(build, made);
  return made;
}
