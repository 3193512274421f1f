/** All that is known of one cache, builder or check. */
import { memo, type ReactElement, useMemo } from 'react';
import { peerParts, peerRows, shownModel, useModelParts, useSelect } from '../../hooks/use-select.ts';
import { useCaches } from '../../hooks/use-sources.ts';
import { printable } from '../../src/base/text.ts';
import { type PeerLines, peerLines } from '../../src/format/peer-lines.ts';
import { composeRow, span } from '../../src/format/row.ts';
import { wrapped } from '../../src/format/wrap.ts';
import { type Theme, useTheme } from '../theme.ts';
import { WordedPage } from '../why/page.tsx';
import { sightOf } from './caches-rows.ts';

const slotsEveryMs = 2000;

export const Peer = memo(function Peer(): ReactElement {
  useCaches(slotsEveryMs);
  const model = useModelParts(peerParts);
  const nowMs = useSelect((state) => Math.floor(shownModel(state).timeMs / 1000) * 1000);
  const key = useSelect(({ ui }) => {
    const mode = ui.modes.findLast(({ kind }) => kind === 'peer');
    return mode?.kind === 'peer' ? mode.key : null;
  });
  const scroll = useSelect(({ ui }) => {
    const mode = ui.modes.findLast(({ kind }) => kind === 'peer');
    return mode?.kind === 'peer' ? mode.scroll : 0;
  });
  const { columns, bodyRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const { caches } = model;
  const row = useMemo(
    () => peerRows({ ...model, timeMs: nowMs }).find((one) => one.key === key),
    [model, nowMs, key],
  );
  const lines = row === undefined ? null : peerLines(row, sightOf({ caches, nowMs }));
  const marks = lines === null ? [] : [span(lines.state.short, lines.state.tone)];
  return (
    <WordedPage
      title="CACHES"
      head={{ marks, text: lines?.title ?? 'It is not there any more.' }}
      rows={lines === null ? [] : rowsOf(lines, columns, theme)}
      scroll={scroll}
      columns={columns}
      height={bodyRows}
      theme={theme}
    />
  );
});

function rowsOf({ state, facts, remedies }: PeerLines, width: number, theme: Theme): string[] {
  const text = (line: string, tone?: 'accent') =>
    wrapped(printable(line, theme.unicode), width - 4).map((part) =>
      composeRow([span('  '), span(part, tone)], width, theme),
    );
  const heading = (title: string) => composeRow([span(` ${title}`, 'title')], width, theme);
  return [
    ...wrapped(printable(state.text, theme.unicode), width - 2).map((line) =>
      composeRow([span(' '), span(line, state.tone)], width, theme),
    ),
    '',
    ...facts.flatMap((line) => text(line)),
    ...(remedies.length === 0
      ? []
      : ['', heading('WHAT TO DO'), ...remedies.flatMap((line) => text(line, 'accent'))]),
  ];
}
