/** The last row: keys that work here, as many as fit, and which view is open. */
import { memo, type ReactElement } from 'react';
import { useFooter } from '../../hooks/use-commands.ts';
import { useSelect } from '../../hooks/use-select.ts';
import { composeRow, fitSegments, type RowStyle, type Segment, span } from '../../src/format/row.ts';
import { type ViewId, viewIds, views } from '../../src/model/ui/views.ts';
import { Line } from '../line/line.tsx';
import { useTheme } from '../theme.ts';

/** Views matter less than the first keys and more than the rest. */
const viewsRank = 3.5;

const keyed = (id: ViewId) => `${views[id].key} ${views[id].title}`;
const name = (id: ViewId) => span(`[${keyed(id)}]`, 'title');

function footerRow(
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
    spans: viewIds.map((id) => (id === view ? name(id) : span(` ${keyed(id)} `, 'muted'))),
    short: [name(view)],
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
