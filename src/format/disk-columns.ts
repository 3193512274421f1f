/** The columns of the disk and file system tables: titles from the table of fields. */

import { formatBytes, formatMs, formatPercent, formatTenths, unknown } from '../base/number.ts';
import { diskFields, filesystemFields } from '../model/fields/field.ts';
import { usedPercent } from '../model/machine/space-level.ts';
import type { Disk, Filesystem } from '../model/model.ts';
import { bar } from './chart.ts';
import type { Cell, Column } from './columns.ts';
import { awaitTone, queueText, stalledText } from './disk-words.ts';
import { levelTone } from './words.ts';

const diskTitles = new Map(diskFields.map((field) => [field.id, field.title]));

function disk(
  id: string,
  look: Pick<Column<Disk>, 'width' | 'keep'> & Partial<Column<Disk>>,
  cell: (disk: Disk) => Cell,
): Column<Disk> {
  return { id, title: diskTitles.get(id) ?? '', align: 'right', ...look, cell };
}

export const diskColumns: readonly Column<Disk>[] = [
  disk('device', { align: 'left', width: 14, keep: 100, most: 20 }, (d) => ({
    text: d.title === null ? d.device : `${d.device} ${d.title}`,
    tone: d.stalledSec === null ? undefined : 'danger',
  })),
  disk('reads', { width: 6, keep: 50 }, (d) => ({ text: formatTenths(d.readsPerSec) })),
  disk('writes', { width: 6, keep: 51 }, (d) => ({ text: formatTenths(d.writesPerSec) })),
  disk('readBytes', { width: 6, keep: 60 }, (d) => ({ text: formatBytes(d.readBytesPerSec) })),
  disk('writeBytes', { width: 6, keep: 61 }, (d) => ({ text: formatBytes(d.writeBytesPerSec) })),
  disk('readAwait', { width: 7, keep: 80 }, (d) => ({
    text: formatMs(d.readAwaitMs),
    tone: awaitTone(d.readAwaitMs),
  })),
  disk('writeAwait', { width: 7, keep: 81 }, (d) => ({
    text: formatMs(d.writeAwaitMs),
    tone: awaitTone(d.writeAwaitMs),
  })),
  disk('flushAwait', { width: 7, keep: 30 }, (d) => ({
    text: formatMs(d.flushAwaitMs),
    tone: awaitTone(d.flushAwaitMs),
  })),
  disk('queue', { width: 6, keep: 40 }, (d) => ({ text: queueText(d) })),
  disk('util', { width: 5, keep: 90 }, (d) => ({ text: formatPercent(d.utilPercent) })),
  disk('stalled', { title: 'STATE', align: 'left', width: 12, keep: 95 }, (d) => {
    const stalled = stalledText(d);
    if (stalled !== null) return { text: stalled, tone: 'danger' };
    if (d.utilPercent === null) return { text: unknown };
    const works =
      d.utilPercent > 0 || (d.inFlight ?? 0) > 0 || (d.readsPerSec ?? 0) + (d.writesPerSec ?? 0) > 0;
    return { text: works ? 'ok' : 'idle', tone: 'muted' };
  }),
  disk('carries', { align: 'left', width: 10, keep: 70, most: 24 }, (d) => ({
    text: d.carries.length > 0 ? d.carries.join(' ') : unknown,
  })),
  disk('model', { align: 'left', width: 8, keep: 20, most: Number.POSITIVE_INFINITY }, (d) => ({
    text: d.model ?? (d.slaves.length > 0 ? `on ${d.slaves.join(' ')}` : unknown),
    tone: 'muted',
  })),
];

const filesystemTitles = new Map(filesystemFields.map((field) => [field.id, field.title]));

function filesystem(
  id: string,
  look: Pick<Column<Filesystem>, 'width' | 'keep'> & Partial<Column<Filesystem>>,
  cell: (filesystem: Filesystem) => Cell,
): Column<Filesystem> {
  return { id, title: filesystemTitles.get(id) ?? '', align: 'right', ...look, cell };
}

const barColumns = 16;

export function filesystemColumns(unicode: boolean): readonly Column<Filesystem>[] {
  return [
    filesystem('path', { align: 'left', width: 12, keep: 100, most: 24 }, (f) => ({ text: f.path })),
    filesystem('bar', { align: 'left', width: barColumns, keep: 20 }, (f) => {
      const used = usedPercent(f);
      return {
        text: bar(used === null ? null : used / 100, barColumns, unicode),
        tone: levelTone(f.level),
      };
    }),
    filesystem('used', { title: 'USED', width: 5, keep: 90 }, (f) => ({
      text: formatPercent(usedPercent(f)),
      tone: levelTone(f.level),
    })),
    filesystem('available', { width: 6, keep: 95 }, (f) => ({ text: formatBytes(f.availableBytes) })),
    filesystem('total', { width: 6, keep: 80 }, (f) => ({ text: formatBytes(f.totalBytes) })),
    filesystem('freeInodes', { width: 11, keep: 60 }, (f) => ({ text: formatPercent(f.freeInodesPercent) })),
    filesystem('type', { align: 'left', width: 8, keep: 50 }, (f) => ({ text: f.type })),
    filesystem('device', { align: 'left', width: 10, keep: 40, most: 24 }, (f) => ({
      text:
        f.disks.length > 0 && f.device !== f.disks[0]
          ? `${f.device ?? ''} on ${f.disks.join(' ')}`
          : (f.device ?? unknown),
    })),
    filesystem(
      'problem',
      { title: '', align: 'left', width: 8, keep: 70, most: Number.POSITIVE_INFINITY },
      (f) => ({
        text: f.problem === null ? '' : f.problem.kind === 'timeout' ? 'no answer' : f.problem.kind,
        tone: 'warning',
      }),
    ),
  ];
}
