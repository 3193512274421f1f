/** Tables whose columns come and go with the width: which columns fit, how wide each is, one row of cells. */

import { pad, printable, textColumns } from '../base/text.ts';
import type { Tone } from './paint.ts';
import { composeRow, type RowStyle, type Span, span } from './row.ts';

export interface Cell {
  readonly text: string;
  readonly tone?: Tone | undefined;
  /** Stands before the text in its own tone, two columns apart. */
  readonly lead?: { readonly text: string; readonly tone: Tone } | null;
}

export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  readonly align: 'left' | 'right';
  /** Least width; below it the column is dropped. */
  readonly width: number;
  /** Lowest goes first when room is short. */
  readonly keep: number;
  /** May grow to this; Infinity takes what is left. */
  readonly most?: number;
  readonly cell: (row: Row) => Cell;
}

export interface FittedColumn<Row> {
  readonly column: Column<Row>;
  readonly width: number;
}

export interface Fit<Row> {
  readonly columns: readonly FittedColumn<Row>[];
  readonly gap: number;
}

/** At this width and above columns stand two apart. */
const roomyWidth = 140;

/**
 * Drops the least kept columns until the least widths fit and takes back those that then have room; what
 * is left goes to the columns that may grow, half of it at most while another takes the rest.
 */
export function fitColumns<Row>(
  columns: readonly Column<Row>[],
  width: number,
  rows: readonly Row[] = [],
): Fit<Row> {
  const gap = width >= roomyWidth ? 2 : 1;
  const kept = new Set(columns);
  let left = width + gap;
  for (const column of columns) left -= column.width + gap;
  const byKeep = columns.toSorted((a, b) => a.keep - b.keep);
  for (const column of byKeep) {
    if (left >= 0 || kept.size === 1) break;
    kept.delete(column);
    left += column.width + gap;
  }
  for (const column of byKeep.toReversed()) {
    if (kept.has(column) || column.width + gap > left) continue;
    kept.add(column);
    left -= column.width + gap;
  }
  const shown = columns.filter((column) => kept.has(column));
  const widths = grow(shown, Math.max(0, left), rows);
  return { columns: shown.map((column) => ({ column, width: widths.get(column) ?? column.width })), gap };
}

function grow<Row>(
  shown: readonly Column<Row>[],
  free: number,
  rows: readonly Row[],
): Map<Column<Row>, number> {
  const widths = new Map<Column<Row>, number>();
  const rest = shown.findLast((column) => column.most === Number.POSITIVE_INFINITY);
  let left = free;
  for (const column of shown) {
    const most = column.most ?? column.width;
    if (column === rest || most <= column.width) continue;
    const share = rest === undefined ? left : Math.ceil(left / 2);
    const grown = Math.min(share, wantedWidth(column, rows, most) - column.width);
    if (grown <= 0) continue;
    widths.set(column, column.width + grown);
    left -= grown;
  }
  if (rest !== undefined) widths.set(rest, rest.width + left);
  return widths;
}

/** What the longest cell takes, in steps of 4 so that columns do not move with every tick. */
function wantedWidth<Row>(column: Column<Row>, rows: readonly Row[], most: number): number {
  let longest = column.width;
  for (const row of rows) longest = Math.max(longest, textColumns(printable(column.cell(row).text)));
  return longest === column.width ? longest : Math.min(most, Math.ceil(longest / 4) * 4);
}

export function titleRow<Row>(
  fit: Fit<Row>,
  width: number,
  style: RowStyle,
  before = '',
  sorted: { readonly id: string; readonly mark: string } | null = null,
): string {
  const spans: Span[] = [span(before)];
  // One run of titles, so that they are painted at once.
  let run = '';
  for (const [index, { column, width: own }] of fit.columns.entries()) {
    const by = column.id === sorted?.id;
    if (index > 0) run += ' '.repeat(fit.gap);
    const title = pad(
      printable(by ? column.title + sorted.mark : column.title, style.unicode),
      own,
      column.align,
    );
    if (!by) run += title;
    else {
      spans.push(span(run, 'title'), span(title, 'accent'));
      run = '';
    }
  }
  spans.push(span(run, 'title'));
  return composeRow(spans, width, style);
}

export function tableRow<Row>(
  fit: Fit<Row>,
  row: Row,
  width: number,
  style: RowStyle,
  options: {
    readonly before?: readonly Span[];
    /** At the right edge, where the last column has the room to give. */
    readonly after?: Span | null;
    readonly whole?: Tone | undefined;
  } = {},
): string {
  const spans: Span[] = [...(options.before ?? [])];
  const wanted = options.after ?? null;
  const takes = wanted === null ? 0 : textColumns(printable(wanted.text)) + afterGap;
  const after = (fit.columns.at(-1)?.width ?? 0) - takes < leastText ? null : wanted;
  for (const [index, { column, width: own }] of fit.columns.entries()) {
    if (index > 0) spans.push({ text: ' '.repeat(fit.gap) });
    const last = index === fit.columns.length - 1;
    pushCell(spans, column.cell(row), last && after !== null ? own - takes : own, column.align);
  }
  if (after !== null) spans.push({ text: ' '.repeat(afterGap) }, after);
  return composeRow(spans, width, style, options.whole);
}

const afterGap = 2;

/** Less than this of a text, its gap included, tells nothing. */
const leastText = 8;

function pushCell(spans: Span[], cell: Cell, width: number, align: 'left' | 'right'): void {
  const { text, tone, lead } = cell;
  if (lead === undefined || lead === null) {
    spans.push({ text, tone, width, align });
    return;
  }
  const taken = Math.min(width, textColumns(printable(lead.text)));
  spans.push({ text: lead.text, tone: lead.tone, width: taken });
  if (width - taken >= leastText) spans.push({ text: `  ${text}`, tone, width: width - taken });
  else spans.push({ text: '', width: width - taken });
}
