/** A page of words that can be scrolled: its head stays, and says how much there is. */
import type { ReactElement } from 'react';
import { useScrollLimit } from '../../hooks/use-scroll-limit.ts';
import { composeRow, type Span, span, spanColumns } from '../../src/format/row.ts';
import { Lines } from '../line/line.tsx';
import type { Theme } from '../theme.ts';

interface Page {
  readonly title: string;
  readonly head: readonly Span[];
  readonly rows: readonly string[];
  readonly scroll: number;
  readonly columns: number;
  /** With its head. */
  readonly height: number;
  readonly theme: Theme;
}

export function WordedPage({ title, head, rows, scroll, columns, height, theme }: Page): ReactElement {
  const room = Math.max(0, height - 1);
  const last = Math.max(0, rows.length - room);
  const first = useScrollLimit(scroll, last);
  const shown = rows.slice(first, first + room);
  const where = last === 0 ? '' : `${first + 1}–${first + shown.length} of ${rows.length}`;
  const marks = [span(`  ${title}`, 'muted'), span(where === '' ? '' : `  ${where}`, 'accent')];
  const left = columns - spanColumns(marks, theme.unicode);
  const said = composeRow(head, Math.max(0, left), theme);
  const gap = ' '.repeat(Math.max(0, left - spanColumns(head, theme.unicode)));
  return (
    <Lines rows={[said + composeRow([span(gap), ...marks], columns, theme), ...shown]} height={height} />
  );
}
