/** The disks view's tables: devices as iostat(1) -x shows them, file systems with space and inodes. */

import { plural } from '../../src/base/plural.ts';
import { fitColumns, tableRow, titleRow } from '../../src/format/columns.ts';
import { diskColumns, filesystemColumns } from '../../src/format/disk-columns.ts';
import { composeRow, fitSegments, type RowStyle, segment, span } from '../../src/format/row.ts';
import type { Disk, Filesystem } from '../../src/model/model.ts';
import type { Theme } from '../theme.ts';

export function diskSummary(
  disks: readonly Disk[],
  late: { readonly disks: number | null; readonly storage: number | null },
  width: number,
  style: RowStyle,
): string {
  const stalled = disks.filter((disk) => disk.stalledSec !== null).length;
  const segments = [
    segment(0, `DISKS ${disks.length}`, 'title'),
    segment(1, stalled === 0 ? '' : `${stalled} STALLED`, 'danger'),
    segment(2, late.disks === null ? '' : `${late.disks} s old`, 'warning'),
    segment(2.5, late.storage === null ? '' : `file systems ${late.storage} s old`, 'warning'),
    segment(3, 'as iostat -x: per second, await in ms', 'muted'),
  ];
  return composeRow(fitSegments(segments, width, style), width, style);
}

/** The row of titles, then those disks that fit, the selected one among them. */
export function diskRows(
  disks: readonly Disk[],
  selected: string | null,
  height: number,
  width: number,
  theme: Theme,
): string[] {
  const fit = fitColumns(diskColumns, width - 2, disks);
  const index = disks.findIndex(({ device }) => device === selected);
  const first = Math.max(0, Math.min(index - height + 1, disks.length - height));
  const shown = disks.slice(first, first + height);
  const titles = titleRow(fit, width, theme, '  ');
  if (shown.length === 0) return [titles, composeRow([span('  no disk seen', 'muted')], width, theme)];
  return [
    titles,
    ...shown.map((disk) => {
      const chosen = disk.device === selected;
      const before = [span(chosen ? ` ${theme.selectedMark}` : '  ')];
      return tableRow(fit, disk, width, theme, { before, whole: chosen ? 'selection' : undefined });
    }),
  ];
}

export function filesystemRows(
  filesystems: readonly Filesystem[],
  height: number,
  width: number,
  style: RowStyle,
): string[] {
  if (height < 2 || filesystems.length === 0) return [];
  const fit = fitColumns(filesystemColumns(style.unicode), width - 2, filesystems);
  const before = [span('  ')];
  const hidden = filesystems.length - (height - 1);
  const rows = filesystems.slice(0, height - 1).map((row) => tableRow(fit, row, width, style, { before }));
  if (hidden > 0 && rows.length > 1) {
    rows[rows.length - 1] = composeRow(
      [span(`  and ${plural(hidden + 1, 'more', 'more')}`, 'muted')],
      width,
      style,
    );
  }
  return [titleRow(fit, width, style, '  '), ...rows];
}
