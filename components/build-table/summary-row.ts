/** The row above the build list: how many, how much of the memory is Nix, how it is sorted and filtered. */

import { formatBytes } from '../../src/base/bytes.ts';
import { formatPercent } from '../../src/base/number.ts';
import { printable, truncate } from '../../src/base/text.ts';
import { composeRow, fitSegments, type RowStyle, segment } from '../../src/format/row.ts';
import { buildsProblem, measureTitle } from '../../src/format/words.ts';
import { buildFields } from '../../src/model/fields/build.ts';
import type { Model, NixTotals } from '../../src/model/model.ts';
import type { SortId } from '../../src/state/state.ts';

export interface SummaryFacts {
  readonly model: Pick<Model, 'totals' | 'memory' | 'transfers' | 'builds' | 'problems'>;
  /** Null: they have an order of their own. */
  readonly sort: SortId | null;
  readonly filter: string;
  readonly tagged: number;
  /** First and last visible row and how many there are; null when all are visible. */
  readonly window: { readonly first: number; readonly last: number; readonly of: number } | null;
  readonly lateSec: number | null;
  /** Builds that run as logs tell, where no process of one is seen. */
  readonly logged: number;
}

const titles = new Map(buildFields.map(({ id, title }) => [id, title]));

export function sortTitle(sort: SortId): string {
  return sort === 'io' ? 'I/O' : (titles.get(sort) ?? sort);
}

export function summaryRow(facts: SummaryFacts, width: number, style: RowStyle): string {
  const { totals, memory, transfers, builds } = facts.model;
  const paused = builds.filter((build) => build.paused).length;
  const low = builds.filter((build) => !build.paused && (build.lowered || build.limited)).length;
  const seen = buildsProblem(facts.model) === null && totals.running !== null;
  const running = seen ? `${(totals.running ?? 0) - paused} running` : 'unknown';
  const counts = [
    builds.length === 0 && facts.logged > 0 ? `${facts.logged} running, as their logs tell` : running,
    ...((totals.waiting ?? 0) > 0 ? [`${totals.waiting} waiting`] : []),
    ...((totals.remote ?? 0) > 0 ? [`${totals.remote} remote`] : []),
    ...(paused > 0 ? [`${paused} paused`] : []),
    ...(low > 0 ? [`${low} held back`] : []),
    ...(transfers.length > 0 ? [`${transfers.length} copying`] : []),
  ];
  const { window, filter } = facts;
  const filterText = filter === '' ? '' : `filter: ${truncate(printable(filter), 24)}`;
  const segments = [
    segment(0, `BUILDS ${counts.join(' · ')}`, 'title', `BUILDS ${counts.slice(0, 2).join(' · ')}`),
    segment(1, facts.lateSec === null ? '' : `${facts.lateSec} s old`, 'warning'),
    segment(2, filterText, 'accent'),
    segment(3, facts.tagged === 0 ? '' : `${facts.tagged} tagged`, 'accent'),
    nixMemory(totals, memory.totalBytes),
    segment(5, window === null ? '' : `${window.first}–${window.last} of ${window.of}`, 'muted'),
    { ...segment(4, facts.sort === null ? '' : `sort: ${sortTitle(facts.sort)}`, 'muted'), right: true },
  ];
  return composeRow(fitSegments(segments, width, style), width, style);
}

function nixMemory({ residentBytes, residentBy }: NixTotals, total: number | null) {
  if (residentBytes === 0) return segment(6, '');
  const held = `${measureTitle(residentBy)} ${formatBytes(residentBytes)}`;
  if (residentBytes === null || total === null || total === 0) return segment(6, `${held} is Nix`);
  // Whose processes may not be read further, copies that fork made are counted in full.
  if (residentBytes > total)
    return segment(6, `${held}, shared pages counted more than once`, 'warning', held);
  const share = formatPercent((residentBytes / total) * 100);
  return segment(6, `${held} of ${formatBytes(total)} is Nix (${share})`);
}
