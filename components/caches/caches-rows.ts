/** The page of caches and builders: a table each, the last checks, and what is said of the selected row. */
import { plural } from '../../src/base/plural.ts';
import { printable } from '../../src/base/text.ts';
import { type Column, fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { type PeerSight, peerLines } from '../../src/format/peer-lines.ts';
import { composeRow, fitSegments, type Segment, segment, span } from '../../src/format/row.ts';
import { wrapped } from '../../src/format/wrap.ts';
import type { CachesRaw } from '../../src/model/caches/caches-raw.ts';
import type { PeerRow } from '../../src/model/caches/peer-list.ts';
import type { Theme } from '../theme.ts';
import { builderColumns, cacheColumns, checkColumns } from './peer-columns.ts';

export interface CachesPage {
  /** Null: not read, or not in this recording. */
  readonly caches: CachesRaw | null;
  readonly rows: readonly PeerRow[];
  /** Place of the selected row. */
  readonly selected: number;
  readonly nowMs: number;
  readonly recorded: boolean;
}

interface Drawn {
  readonly text: string;
  /** Place in `rows`; null: a title, or words. */
  readonly at: number | null;
}

/** Below this the tables alone are of use. */
const leastForPane = 18;
const roomyFrom = 30;

/** Exactly fills `height`. */
export function cachesRows(page: CachesPage, height: number, width: number, theme: Theme): string[] {
  const lines = [
    ...cacheTable(page, width, theme),
    ...builderTable(page, width, theme),
    ...checkTable(page, width, theme),
  ];
  const selected = page.rows[page.selected];
  const paneRows = height < leastForPane || selected === undefined ? 0 : height < roomyFrom ? 4 : 8;
  const room = Math.max(1, height - (paneRows === 0 ? 0 : paneRows + 1));
  const at = lines.findIndex((line) => line.at === page.selected);
  // The titles above the first row are seen with it; else no more moves than must.
  const first = at < room ? 0 : Math.min(at - room + 1, lines.length - room);
  const shown = lines.slice(first, first + room).map(({ text }) => text);
  if (paneRows === 0 || selected === undefined) return shown;
  const gap = Array.from({ length: room - shown.length + 1 }, () => '');
  return [...shown, ...gap, ...paneOf(selected, page, width, theme).slice(0, paneRows)];
}

function words(text: string, width: number, theme: Theme): Drawn[] {
  return wrapped(printable(text, theme.unicode), width - 3).map((line) => ({
    text: composeRow([span('  '), span(line, 'muted')], width, theme),
    at: null,
  }));
}

function heading(segments: readonly Segment[], width: number, theme: Theme): Drawn {
  return {
    text: composeRow(fitSegments(segments, width, { unicode: theme.unicode }), width, theme),
    at: null,
  };
}

function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly { readonly row: Row; readonly at: number }[],
  { selected }: CachesPage,
  width: number,
  theme: Theme,
): Drawn[] {
  const fit = fitColumns(
    columns,
    width - 2,
    rows.map(({ row }) => row),
  );
  return [
    { text: titleRow(fit, width, theme, '  '), at: null },
    ...rows.map(({ row, at }) => {
      const chosen = at === selected;
      const before = [span(chosen ? ` ${theme.selectedMark}` : '  ')];
      const text = tableRow(fit, row, width, theme, { before, whole: chosen ? 'selection' : undefined });
      return { text, at };
    }),
  ];
}

const blank: Drawn = { text: '', at: null };

function cacheTable(page: CachesPage, width: number, theme: Theme): Drawn[] {
  const { caches, rows } = page;
  const own = rows.flatMap((row, at) => (row.kind === 'cache' ? [{ row: row.cache, at }] : []));
  const dead = own.filter(({ row }) => isBad(row.state)).length;
  const lostSec = own.reduce((all, { row }) => all + (row.asked?.lostSec ?? 0), 0);
  const keys = caches?.keys ?? null;
  const title = heading(
    [
      segment(0, `CACHES ${own.length}`, 'title'),
      segment(1, dead === 0 ? '' : `${dead} in trouble`, 'danger'),
      segment(3, lostSec < 1 ? '' : `${Math.round(lostSec)} s lost`, 'warning'),
      segment(
        4,
        keys === null ? '' : keys.length === 0 ? 'no key is trusted' : `trusted keys ${keys.join(' ')}`,
        'muted',
        keys === null ? '' : plural(keys.length, 'trusted key'),
      ),
    ],
    width,
    theme,
  );
  const problems = (caches?.problems ?? []).flatMap(({ where, kind, cause }) =>
    words(`${where}: ${cause ?? kind}`, width, theme),
  );
  if (own.length > 0) return [title, ...table(cacheColumns(keys), own, page, width, theme), ...problems];
  return [title, ...words(noCachesText(page), width, theme), ...problems];
}

function noCachesText({ caches, recorded }: CachesPage): string {
  if (caches === null)
    return recorded ? 'This recording has nothing of caches and builders.' : 'Not read yet.';
  return caches.caches === null
    ? 'Which ones there are is not known.'
    : 'No caches are configured: everything is built.';
}

function isBad(state: string): boolean {
  return state !== 'answers' && state !== 'unknown' && state !== 'partly';
}

function builderTable(page: CachesPage, width: number, theme: Theme): Drawn[] {
  const { caches, rows } = page;
  const own = rows.flatMap((row, at) => (row.kind === 'builder' ? [{ row: row.builder, at }] : []));
  if (own.length === 0 && caches === null) return [];
  const slots = own.reduce((all, { row }) => all + (row.slots ?? 0), 0);
  const seen = own.every(({ row }) => row.busy !== null);
  const busy = own.reduce((all, { row }) => all + (row.busy ?? 0), 0);
  const refused = caches?.refused ?? [];
  const title = heading(
    [
      segment(0, `BUILDERS ${own.length}`, 'title'),
      segment(1, refused.length === 0 ? '' : `${plural(refused.length, 'line')} refused`, 'danger'),
      segment(2, own.length === 0 || !seen ? '' : `${busy} of ${plural(slots, 'slot')} taken`, 'muted'),
    ],
    width,
    theme,
  );
  const why = refused.flatMap(({ address, why: reason }) =>
    words(`Nix refuses the line of ${address}: ${reason}; it takes none of them.`, width, theme),
  );
  if (own.length > 0) return [blank, title, ...table(builderColumns, own, page, width, theme), ...why];
  const none =
    caches?.builders == null
      ? 'Which ones there are is not known.'
      : 'No builders are configured: builds run here only.';
  return [blank, title, ...(why.length > 0 ? why : words(none, width, theme))];
}

function checkTable(page: CachesPage, width: number, theme: Theme): Drawn[] {
  const { caches, rows } = page;
  if (caches === null) return [];
  const own = rows.flatMap((row, at) => (row.kind === 'check' ? [{ row: row.check, at }] : []));
  const { hits, fetches } = caches.day;
  const title = heading(
    [
      segment(0, 'LAST CHECKS', 'title'),
      segment(
        1,
        fetches === 0 ? '' : `hits ${hits} of ${fetches} in the last day`,
        hits < fetches ? 'warning' : 'muted',
      ),
    ],
    width,
    theme,
  );
  if (own.length > 0) return [blank, title, ...table(checkColumns, own, page, width, theme)];
  return [blank, title, ...words('None yet: nixpulse check-cache asks caches and builders.', width, theme)];
}

/** What it is, and what to do; Enter shows all of it. */
function paneOf(row: PeerRow, page: CachesPage, width: number, theme: Theme): string[] {
  const { title, state, facts, remedies } = peerLines(row, sightOf(page));
  const lines = [
    ...remedies.map((text) => ({ text, tone: 'accent' }) as const),
    ...facts.map((text) => ({ text })),
  ];
  return [
    composeRow([span(' '), span(title, 'title'), span('  '), span(state.text, state.tone)], width, theme),
    ...lines.flatMap((line) =>
      wrapped(printable(line.text, theme.unicode), width - 4).map((text) =>
        composeRow([span('   '), span(text, 'tone' in line ? line.tone : undefined)], width, theme),
      ),
    ),
  ];
}

export function sightOf({ caches, nowMs }: Pick<CachesPage, 'caches' | 'nowMs'>): PeerSight {
  return { nowMs, trusted: caches?.keys ?? null, refused: caches?.refused ?? [] };
}
