/** View 4: charts of pressure, memory, disks and builds over the last minutes, the hour, the day. */
import { memo, type ReactElement, useEffect } from 'react';
import { useApp } from '../../hooks/app-context.ts';
import { shownModel, shownTrack, useSelect } from '../../hooks/use-select.ts';
import { chartGrid } from '../../src/model/ui/chart-grid.ts';
import { Lines } from '../line/line.tsx';
import { Pressure } from '../pressure/pressure.tsx';
import { useTheme } from '../theme.ts';
import { historyRows } from './history-rows.ts';
import { useWidgets } from './use-widgets.ts';

export function HistoryView(): ReactElement {
  return (
    <>
      <Pressure />
      <Charts />
    </>
  );
}

const Charts = memo(function Charts(): ReactElement {
  const model = useSelect(shownModel);
  const track = useSelect(shownTrack);
  const { range, cursorMs, line } = useSelect((state) => state.ui.charts);
  const layout = useSelect((state) => state.layout);
  const live = useSelect((state) => state.replay === null);
  const theme = useTheme();
  const drawing = useWidgets();
  const { lookBack } = useApp();
  useEffect(() => void lookBack?.(), [lookBack]);
  const { columns, pageRows } = layout;
  const grid = chartGrid(layout, line);
  const rows = historyRows(
    { model, track, range, cursorMs, grid, live },
    drawing,
    { columns, rows: pageRows },
    theme,
  );
  return <Lines rows={rows} height={pageRows} />;
});
