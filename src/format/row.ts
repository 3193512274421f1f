/**
 * One row of the screen from spans of text: made safe, cut or padded to its columns, painted.
 * Everything that reaches a terminal goes through here.
 */

import { pad, printable, textColumns, truncate } from '../base/text.ts';
import type { Paint, Tone } from './paint.ts';

export interface Span {
  readonly text: string;
  readonly tone?: Tone | undefined;
  /** Exactly so many columns; without it as many as the text has. */
  readonly width?: number;
  readonly align?: 'left' | 'right';
}

export interface RowStyle {
  readonly paint: Paint;
  readonly unicode: boolean;
}

export function span(text: string, tone?: Tone): Span {
  return { text, tone };
}

/** Never wider than `width`. With `whole` the row is padded to the width and has that one tone. */
export function composeRow(spans: readonly Span[], width: number, style: RowStyle, whole?: Tone): string {
  let row = '';
  let left = width;
  for (const { text, tone, width: wanted, align } of spans) {
    if (left <= 0) break;
    const safe = printable(text, style.unicode);
    const cell =
      wanted === undefined
        ? truncate(safe, left, style.unicode)
        : pad(safe, Math.min(wanted, left), align, style.unicode);
    left -= textColumns(cell);
    row += tone === undefined || whole !== undefined || blank(tone, cell) ? cell : style.paint(tone, cell);
  }
  return whole === undefined ? row : style.paint(whole, row + ' '.repeat(Math.max(0, left)));
}

/** Blanks have no colour to see, except in reverse. */
function blank(tone: Tone, cell: string): boolean {
  return tone !== 'selection' && tone !== 'key' && tone !== 'alarm' && cell.trimStart() === '';
}

/** Columns that spans take when nothing is cut. */
export function spanColumns(spans: readonly Span[], unicode = true): number {
  let columns = 0;
  for (const { text, width } of spans) columns += width ?? textColumns(printable(text, unicode));
  return columns;
}

/** A part of a row that is shown whole, in its short form, or not at all. Rank 0 is most wanted. */
export interface Segment {
  readonly rank: number;
  readonly spans: readonly Span[];
  readonly short?: readonly Span[];
  /** Pushed to the right edge together with what follows. */
  readonly right?: boolean;
}

/** One span as a segment, most often. */
export function segment(rank: number, text: string, tone?: Tone, short?: string): Segment {
  const spans = text === '' ? [] : [span(text, tone)];
  return short === undefined ? { rank, spans } : { rank, spans, short: [span(short, tone)] };
}

/**
 * The most wanted segments that fit, in their own order, two columns or `separator` between them. The very first one is
 * always there, cut if it must be.
 */
export function fitSegments(
  segments: readonly Segment[],
  width: number,
  options: { readonly separator?: Span; readonly unicode?: boolean } = {},
): Span[] {
  const { separator = span('  '), unicode = true } = options;
  const gap = spanColumns([separator], unicode);
  const wanted = segments
    .map((segment, place) => ({ segment, place }))
    .filter(({ segment }) => segment.spans.length > 0)
    .sort((a, b) => a.segment.rank - b.segment.rank || a.place - b.place);
  let left = width;
  const kept: { segment: Segment; place: number; spans: readonly Span[] }[] = [];
  for (const { segment, place } of wanted) {
    const room = left - (kept.length === 0 ? 0 : gap);
    const forms = segment.short === undefined ? [segment.spans] : [segment.spans, segment.short];
    const form = forms.find((spans) => spanColumns(spans, unicode) <= room);
    if (form === undefined && kept.length > 0) continue;
    const spans = form ?? segment.short ?? segment.spans;
    kept.push({ segment, place, spans });
    left = room - spanColumns(spans, unicode);
  }
  kept.sort((a, b) => a.place - b.place);
  const row: Span[] = [];
  let pushed = false;
  for (const [index, { segment, spans }] of kept.entries()) {
    if (index > 0) row.push(separator);
    if (segment.right === true && !pushed && left > 0) {
      row.push(span(' '.repeat(left)));
      pushed = true;
    }
    row.push(...spans);
  }
  return row;
}
