/** The pressure meters: three rows, or one when room is short or the view has other things to show. */
import { memo, type ReactElement } from 'react';
import { shownHistory, shownModel, useSelect } from '../../hooks/use-select.ts';
import { lateBy } from '../late.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { compactPressureRow } from './compact-row.ts';
import { pressureRows } from './pressure-rows.ts';

export const Pressure = memo(function Pressure(): ReactElement | null {
  const model = useSelect(shownModel);
  const history = useSelect(shownHistory);
  const late = {
    pressure: useSelect((state) => lateBy(state, 'pressure')),
    memory: useSelect((state) => lateBy(state, 'memory')),
    disks: useSelect((state) => lateBy(state, 'disks')),
    storage: useSelect((state) => lateBy(state, 'storage')),
  };
  const { columns, titleRows, pressureRows: height } = useSelect((state) => state.layout);
  const theme = useTheme();
  if (height === 0) return null;
  const rows =
    height === 1
      ? [compactPressureRow(model, late, columns, theme, titleRows > 0)]
      : pressureRows(model, history, late, columns, theme);
  return <Lines rows={rows} height={height} />;
});
