/** The last row: keys that work here, as many as fit, and which view is open. */
import { memo, type ReactElement } from 'react';
import { useFooter } from '../../hooks/use-commands.ts';
import { useSelect } from '../../hooks/use-select.ts';
import { composeRow, fitSegments, type RowStyle, type Segment, span } from '../../src/format/row.ts';
import type { ViewId } from '../../src/state/state.ts';
import { Line } from '../line/line.tsx';
import { useTheme } from '../theme.ts';

/** `number` is its key. */
const views: readonly { readonly id: ViewId; readonly number: number; readonly title: string }[] = [
  { id: 'overview', number: 1, title: 'Overview' },
  { id: 'builds', number: 2, title: 'Builds' },
  { id: 'disks', number: 3, title: 'Disks' },
  { id: 'history', number: 4, title: 'History' },
  { id: 'generations', number: 5, title: 'Store' },
  { id: 'journal', number: 7, title: 'Journal' },
];

/** Views matter less than the first keys and more than the rest. */
const viewsRank = 3.5;

export function footerRow(
  entries: readonly { readonly key: string; readonly title: string }[],
  view: ViewId,
  width: number,
  style: RowStyle,
): string {
  const keys = entries.map(
    ({ key, title }, index): Segment => ({ rank: index, spans: [span(key, 'key'), span(` ${title}`)] }),
  );
  const open: Segment = {
    rank: viewsRank,
    right: true,
    spans: views.map(({ id, number, title }) =>
      id === view ? span(`[${number} ${title}]`, 'title') : span(` ${number} ${title} `, 'muted'),
    ),
    short: views
      .filter(({ id }) => id === view)
      .map(({ number, title }) => span(`[${number} ${title}]`, 'title')),
  };
  return composeRow(fitSegments([...keys, open], width, style), width, style);
}

export const Footer = memo(function Footer(): ReactElement {
  const entries = useFooter();
  const view = useSelect((state) => state.ui.view);
  const columns = useSelect((state) => state.layout.columns);
  const theme = useTheme();
  return <Line text={footerRow(entries, view, columns, theme)} />;
});
