/** What runs, in every view. */
import { memo, type ReactElement } from 'react';
import { useSelect } from '../../hooks/use-select.ts';
import { Line } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { runningRow } from './running-row.ts';

export const Running = memo(function Running(): ReactElement | null {
  const actions = useSelect((state) => state.actions);
  const monotonicMs = useSelect((state) => (state.actions.length === 0 ? 0 : state.model.monotonicMs));
  const { columns, runningRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  if (runningRows === 0) return null;
  return <Line text={runningRow(actions, monotonicMs, columns, theme)} />;
});
