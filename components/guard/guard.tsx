/** What a guard of nixpulse does by itself, and how near it is to it. */
import { memo, type ReactElement, useMemo } from 'react';
import { useKeyOf } from '../../hooks/use-commands.ts';
import { shownModel, useSelect } from '../../hooks/use-select.ts';
import type { Problem } from '../../src/base/problem.ts';
import { statusFile } from '../../src/model/guard/guard-files.ts';
import type { Model } from '../../src/model/model.ts';
import { useTheme } from '../theme.ts';
import { WordedPage } from '../why/page.tsx';
import { guardHead, guardRows } from './guard-rows.ts';

function statusProblem({ problems }: Pick<Model, 'problems'>): Problem | null {
  return problems.find(({ where }) => where.endsWith(`/${statusFile}`)) ?? null;
}

export const Guard = memo(function Guard(): ReactElement | null {
  const guards = useSelect((state) => shownModel(state).guards);
  // Times go on while nothing else changes.
  const nowMs = useSelect((state) => Math.floor(shownModel(state).timeMs / 1000) * 1000);
  const scroll = useSelect(({ ui }) => {
    const mode = ui.modes.findLast(({ kind }) => kind === 'guard');
    return mode?.kind === 'guard' ? mode.scroll : 0;
  });
  const { columns, bodyRows } = useSelect((state) => state.layout);
  const problem = useSelect((state) => statusProblem(shownModel(state)));
  const keyOf = useKeyOf();
  const theme = useTheme();
  const hold = keyOf('hold-guard');
  const holdKey = hold === null || hold.blocked !== null ? null : hold.key;
  const rows = useMemo(
    () => guardRows(guards, nowMs, holdKey, columns, theme, problem),
    [guards, nowMs, holdKey, columns, theme, problem],
  );
  return (
    <WordedPage
      title="GUARD"
      head={guardHead(guards, nowMs)}
      rows={rows}
      scroll={scroll}
      columns={columns}
      height={bodyRows}
      theme={theme}
    />
  );
});
