/** The ways out of what was found. */
import { memo, type ReactElement, useMemo } from 'react';
import { useKeyOf } from '../../hooks/use-commands.ts';
import { diagnosisMode, lookedAt, shownModel, useModelParts, useSelect } from '../../hooks/use-select.ts';
import { useTheme } from '../theme.ts';
import { WordedPage } from './page.tsx';
import { remedyRows } from './remedy-rows.ts';
import { over } from './why.tsx';
import { headOf } from './why-rows.ts';

const shownParts = ['findings', 'hypotheses', 'verdicts', 'builds'] as const;

export const Remedies = memo(function Remedies(): ReactElement | null {
  const model = useModelParts(shownParts);
  const monotonicMs = useSelect((state) => Math.floor(shownModel(state).monotonicMs / 1000) * 1000);
  const mode = useSelect(diagnosisMode);
  const { columns, bodyRows } = useSelect((state) => state.layout);
  const keyOf = useKeyOf();
  const theme = useTheme();
  const page = useMemo(() => {
    const looked = mode === null ? null : lookedAt(model, mode.of);
    const clock = { monotonicMs, timeMs: model.timeMs + monotonicMs - model.monotonicMs };
    const head = looked?.finding == null ? null : headOf(looked, clock);
    if (looked?.finding == null || head === null) return null;
    return { head, rows: remedyRows(looked.finding, keyOf, columns, theme) };
  }, [mode, model, monotonicMs, keyOf, columns, theme]);
  if (mode === null) return null;
  const { head, rows } = page ?? over;
  return (
    <WordedPage
      title="WHAT HELPS"
      head={head}
      rows={rows}
      scroll={mode.scroll}
      columns={columns}
      height={bodyRows}
      theme={theme}
    />
  );
});
