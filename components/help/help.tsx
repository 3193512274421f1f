/** Help, drawn from the command table: every key, and why it does not work now. */
import { memo, type ReactElement } from 'react';
import { useHelp } from '../../hooks/use-commands.ts';
import { topMode, useSelect } from '../../hooks/use-select.ts';
import { textColumns } from '../../src/base/text.ts';
import { composeRow, type RowStyle, type Span, span, spanColumns } from '../../src/format/row.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';

export type HelpRow = ReturnType<typeof useHelp>[number];

function helpRows(
  lines: readonly HelpRow[],
  scroll: number,
  height: number,
  width: number,
  style: RowStyle,
): string[] {
  const keyColumns = Math.min(
    Math.floor(width / 3),
    Math.max(
      0,
      ...lines.map((line) =>
        line.kind === 'command' ? textColumns(line.keys) : line.kind === 'fact' ? line.name.length : 0,
      ),
    ),
  );
  const last = Math.min(lines.length, scroll + height) - 1;
  return lines.slice(scroll, last + 1).map((line, index) => {
    const hidden = scroll + index === last ? lines.length - 1 - last : 0;
    const more = hidden === 0 ? [] : [span(`  ▼ ${hidden} more`, 'accent')];
    if (line.kind === 'group') return composeRow([span(line.text, 'title'), ...more], width, style);
    const room = width - spanColumns(more, style.unicode);
    const spans = line.kind === 'fact' ? factSpans(line, keyColumns) : commandSpans(line, keyColumns, room);
    return composeRow(spans, room, style) + composeRow(more, width, style);
  });
}

type LineOf<K extends HelpRow['kind']> = Extract<HelpRow, { readonly kind: K }>;

/** A reason for which there is no room is left out: half of one says nothing, and the key itself tells it. */
function commandSpans({ keys, title, blocked }: LineOf<'command'>, keyColumns: number, room: number): Span[] {
  const spans = [
    span('  '),
    { text: keys, width: keyColumns, tone: 'accent' as const },
    span(`  ${title}`, blocked === null ? undefined : 'muted'),
  ];
  if (blocked === null) return spans;
  const reasons = [`  (not now: ${blocked})`, '  (not now)'];
  const fits = reasons.find((text) => spanColumns(spans) + textColumns(text) <= room);
  return [...spans, span(fits ?? '', 'warning')];
}

function factSpans({ name, text, good }: LineOf<'fact'>, keyColumns: number): Span[] {
  return [span('  '), { text: name, width: keyColumns }, span(`  ${text}`, good ? undefined : 'warning')];
}

export const Help = memo(function Help(): ReactElement {
  const lines = useHelp();
  const mode = useSelect(topMode);
  const { columns, bodyRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const scroll = mode.kind === 'help' ? mode.scroll : 0;
  const rows = helpRows(lines, scroll, bodyRows, columns, theme);
  const nothing = composeRow([span('  no key matches', 'muted')], columns, theme);
  return <Lines rows={rows.length === 0 ? [nothing] : rows} height={bodyRows} />;
});
