/** A page of words that can be scrolled: its head stays, and says how much there is. */
import type { ReactElement } from 'react';
import { useScrollLimit } from '../../hooks/use-scroll-limit.ts';
import { printable, textColumns } from '../../src/base/text.ts';
import { composeRow, span, spanColumns } from '../../src/format/row.ts';
import { wrapped } from '../../src/format/wrap.ts';
import { Lines } from '../line/line.tsx';
import type { Theme } from '../theme.ts';
import type { Head } from './why-rows.ts';

interface Page {
  readonly title: string;
  readonly head: Head;
  readonly rows: readonly string[];
  readonly scroll: number;
  readonly columns: number;
  /** With its head. */
  readonly height: number;
  readonly theme: Theme;
}

export function WordedPage({ title, head, rows, scroll, columns, height, theme }: Page): ReactElement {
  const text = printable(head.text, theme.unicode);
  const marks = [span(' '), ...head.marks, span(head.marks.length === 0 ? '' : '  ')];
  // Whole below, where it has no room in the head.
  const fits = spanColumns(marks, theme.unicode) + textColumns(text) + title.length + 2 <= columns;
  const above = fits ? [] : wrapped(text, columns - 2).map((line) => [span(' '), span(line, 'title')]);
  const all = [...above.map((spans) => composeRow(spans, columns, theme)), ...rows];
  const room = Math.max(0, height - 1);
  const last = Math.max(0, all.length - room);
  const first = useScrollLimit(scroll, last);
  const shown = all.slice(first, first + room);
  const said = [...marks, span(fits ? text : '', 'title')];
  const where = last === 0 ? '' : `  ${first + 1}–${first + shown.length} of ${all.length}`;
  const left = columns - spanColumns(said, theme.unicode) - title.length;
  const right = where.length < left ? where : '';
  const gap = span(' '.repeat(Math.max(1, left - right.length)));
  const row = composeRow([...said, gap, span(title, 'muted'), span(right, 'accent')], columns, theme);
  return <Lines rows={[row, ...shown]} height={height} />;
}
