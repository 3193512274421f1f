/** The log of a build or a rebuild. */
import { memo, type ReactElement, useMemo } from 'react';
import { lineMatches, logMode, logOf, shownModel, topLine, useSelect } from '../../hooks/use-select.ts';
import type { LogPage } from '../../src/state/state.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { emptyRows, headRow, type LogView, lineRows } from './log-rows.ts';

export const Log = memo(function Log(): ReactElement | null {
  const page = useSelect((state) => state.log);
  const mode = useSelect(logMode);
  const rebuilds = useSelect((state) => shownModel(state).rebuilds);
  const timeMs = useSelect((state) => shownModel(state).timeMs);
  const recorded = useSelect((state) => state.replay !== null);
  const top = useSelect((state) => {
    const open = logMode(state);
    return open === null ? 0 : topLine(state, open);
  });
  const { columns, bodyRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const search = mode?.search ?? '';
  const found = mode?.found ?? null;
  const matches = useMemo(() => matchesIn(page, search, found), [page, search, found]);
  const kept = page?.kept ?? null;
  const left = mode?.left ?? 0;
  // A tick that brings no line draws none.
  const lines = useMemo(
    () => (kept === null ? [] : lineRows({ kept, top, left, search, found }, bodyRows - 1, columns, theme)),
    [kept, top, left, search, found, bodyRows, columns, theme],
  );
  if (page === null || mode === null) return null;
  const followed = rebuilds.find(({ id }) => id === page.of.rebuild) ?? null;
  const view: LogView = {
    page,
    followed,
    build:
      page.of.kind === 'build' && page.of.drv !== null && followed !== null
        ? logOf(followed, page.of.drv)
        : null,
    timeMs,
    top,
    left,
    follows: mode.top === null,
    search,
    found,
    matches,
    recorded,
  };
  const shown = lines.length > 0 ? lines : emptyRows(view, columns, theme);
  return <Lines rows={[headRow(view, bodyRows - 1, columns, theme), ...shown]} height={bodyRows} />;
});

function matchesIn(page: LogPage | null, search: string, found: number | null): LogView['matches'] {
  if (page === null || search === '') return null;
  const { lines, dropped } = page.kept;
  let count = 0;
  let at: number | null = null;
  for (const [index, line] of lines.entries()) {
    if (!lineMatches(line, search)) continue;
    count += 1;
    if (dropped + index === found) at = count;
  }
  return { count, at };
}
