/** At the foot of a recording: its time line. Nothing where the dashboard is live. */
import { memo, type ReactElement, useMemo } from 'react';
import { useSelect } from '../../hooks/use-select.ts';
import type { ReplayState } from '../../src/model/past/replay.ts';
import { Lines } from '../line/line.tsx';
import { useTheme } from '../theme.ts';
import { pressureColumns } from './pressure-columns.ts';
import { factColumns, type TimelineLayout, timelineRows } from './timeline-rows.ts';

export const Timeline = memo(function Timeline(): ReactElement | null {
  const replay = useSelect((state) => state.replay);
  return replay === null ? null : <Rows replay={replay} />;
});

function Rows({ replay }: { readonly replay: ReplayState }): ReactElement {
  const { columns, captionRows, markRows, titleRows } = useSelect((state) => state.layout);
  const theme = useTheme();
  const layout: TimelineLayout = { columns, captionRows, markRows, alone: titleRows === 0 };
  const room = columns - factColumns(layout, replay) - 1;
  // The same for thousands of samples; only the cursor moves.
  const pressure = useMemo(() => pressureColumns(replay.summary, room), [replay.summary, room]);
  const rows = timelineRows(replay, pressure, layout, theme);
  return <Lines rows={rows} height={captionRows + markRows + 1} />;
}
