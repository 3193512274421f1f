/** View 3: disks and file systems. */
import { memo, type ReactElement } from 'react';
import { shownModel, useSelect } from '../../hooks/use-select.ts';
import { useIostat } from '../../hooks/use-sources.ts';
import { distinctFilesystems } from '../../src/format/disk-words.ts';
import { lateBy } from '../late.ts';
import { Lines } from '../line/line.tsx';
import { Pressure } from '../pressure/pressure.tsx';
import { useTheme } from '../theme.ts';
import { diskRows, diskSummary, filesystemRows } from './disk-rows.ts';

/** As often as the pressure above it, whose ticks draw the screen anyway. */
const diskEveryMs = 500;

export function Disks(): ReactElement {
  useIostat(diskEveryMs);
  return (
    <>
      <Pressure />
      <DiskTables />
    </>
  );
}

const DiskTables = memo(function DiskTables(): ReactElement {
  const disks = useSelect((state) => shownModel(state).disks);
  const filesystems = distinctFilesystems(useSelect((state) => shownModel(state).filesystems));
  const selected = useSelect((state) => state.ui.selectedDisk);
  const late = {
    disks: useSelect((state) => lateBy(state, 'disks')),
    storage: useSelect((state) => lateBy(state, 'storage')),
  };
  const layout = useSelect((state) => state.layout);
  const theme = useTheme();
  const { columns, summaryRows, columnRows, listRows } = layout;
  const rows = [
    ...(summaryRows > 0 ? [diskSummary(disks, late, columns, theme)] : []),
    ...diskRows(disks, selected, listRows, columns, theme),
  ];
  const height = summaryRows + columnRows + listRows + layout.filesystemRows;
  // Right below the disks, not at the bottom; the rows between them may hold more file systems.
  if (height - rows.length > filesystems.length + 1) rows.push('');
  rows.push(...filesystemRows(filesystems, height - rows.length, columns, theme));
  return <Lines rows={rows} height={height} />;
});
