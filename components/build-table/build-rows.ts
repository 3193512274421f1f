/** The build list: its columns by width, its visible rows, the one under the cursor marked. */

import type { IdentityKey } from '../../src/base/identity.ts';
import { type BuildLine, fitBuildColumns } from '../../src/format/build-columns.ts';
import { type Fit, tableRow, titleRow } from '../../src/format/columns.ts';
import type { Span } from '../../src/format/row.ts';
import { treeBranches } from '../../src/format/tree.ts';
import { clientOfProcess } from '../../src/model/forest/derive-clients.ts';
import type { Build, BuildProcess, Client } from '../../src/model/model.ts';
import type { BuildRow, SortId } from '../../src/state/state.ts';
import type { Theme } from '../theme.ts';

export interface BuildList {
  readonly rows: readonly BuildRow[];
  readonly clients: readonly Client[];
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
}

/** Fold and tag, or the selection where there is no colour. */
const markColumns = 2;

export interface BuildListRows {
  readonly fit: Fit<BuildLine>;
  /** The row of titles, then the visible rows, none of them under the cursor. */
  readonly rows: readonly string[];
  /** Where a row stands in `rows`, and how it looks under the cursor; null where it is not visible. */
  under(cursor: IdentityKey | null): { readonly at: number; readonly row: string } | null;
}

export function buildListRows(list: BuildList, width: number, theme: Theme): BuildListRows {
  const { rows, scroll, height, sort, more } = list;
  const phases = rows.some(({ build }) => build.phase !== null);
  const since = more && rows.some(({ build }) => build.log?.phaseSinceMs != null);
  const branches = new Map<Build, ReadonlyMap<BuildProcess, string>>();
  const visible = rows.slice(scroll, scroll + height);
  const lines = visible.map((row): BuildLine => {
    if (row.kind === 'process') {
      return { ...row, branch: branchesOf(branches, row.build).get(row.process) ?? '' };
    }
    const { clientPid } = row.build;
    const pausedSec = row.pausedAtMs === null ? null : Math.max(0, (list.timeMs - row.pausedAtMs) / 1000);
    return {
      ...row,
      pausedSec,
      phaseSec: phaseSec(row.build, list.timeMs),
      client: more ? (clientOfProcess(list.clients, clientPid) ?? undefined) : undefined,
    };
  });
  const fit = fitBuildColumns({ phases, since, io: list.io, more }, width - markColumns, lines);
  const drawn = (index: number, chosen: boolean) =>
    tableRow(fit, lines[index] as BuildLine, width, theme, {
      before: marks(visible[index] as BuildRow, chosen, theme),
      whole: chosen ? 'selection' : undefined,
    });
  const sorted = { id: sort, mark: sortMark(sort, list.inverted) };
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
