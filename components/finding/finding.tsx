/** The worst that was found, below the rebuilds. */
import { memo, type ReactElement, useMemo } from 'react';
import { shownModel, useModelParts, useSelect } from '../../hooks/use-select.ts';
import { Line } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { findingRow } from './finding-row.ts';

const shownParts = ['findings', 'verdicts'] as const;

export const FindingLine = memo(function FindingLine(): ReactElement | null {
  const model = useModelParts(shownParts);
  const { columns, findingRows } = useSelect((state) => state.layout);
  const monotonicMs = useSelect((state) =>
    state.layout.findingRows === 0 ? 0 : Math.floor(shownModel(state).monotonicMs / 1000) * 1000,
  );
  const theme = useTheme();
  const row = useMemo(() => {
    if (findingRows === 0) return null;
    const clock = { monotonicMs, timeMs: model.timeMs + monotonicMs - model.monotonicMs };
    return findingRow({ ...model, ...clock }, columns, theme);
  }, [model, monotonicMs, findingRows, columns, theme]);
  return findingRows === 0 ? null : <Line text={row ?? ''} />;
});
