/** The columns of the disk and file system tables: titles and most cells from the table of fields. */

import { formatPercent, unknown } from '../base/number.ts';
import { diskFields, filesystemFields } from '../model/fields/disk.ts';
import { usedPercent } from '../model/machine/space-level.ts';
import type { Disk, Filesystem } from '../model/model.ts';
import { bar } from './chart.ts';
import type { Column } from './columns.ts';
import { awaitTone, queueText, stalledText } from './disk-words.ts';
import { fieldColumns } from './field-columns.ts';
import { levelTone } from './words.ts';

const disk = fieldColumns(diskFields, (d: Disk) => d);

export const diskColumns: readonly Column<Disk>[] = [
  disk('device', { width: 14, keep: 100, most: 20 }, (d) => ({
    text: d.title === null ? d.device : `${d.device} ${d.title}`,
    tone: d.stalledSec === null ? undefined : 'danger',
  })),
  disk('reads', { width: 6, keep: 50 }),
  disk('writes', { width: 6, keep: 51 }),
  disk('read', { width: 6, keep: 60 }),
  disk('write', { width: 6, keep: 61 }),
  disk('readAwait', { width: 7, keep: 80 }, (d) => ({ tone: awaitTone(d.readAwaitMs) })),
  disk('writeAwait', { width: 7, keep: 81 }, (d) => ({ tone: awaitTone(d.writeAwaitMs) })),
  disk('flushAwait', { width: 7, keep: 30 }, (d) => ({ tone: awaitTone(d.flushAwaitMs) })),
  disk('queueSize', { width: 6, keep: 40 }, (d) => ({ text: queueText(d) })),
  disk('util', { width: 5, keep: 90 }),
  disk('stalled', { title: 'STATE', align: 'left', width: 12, keep: 95 }, (d) => {
    const stalled = stalledText(d);
    if (stalled !== null) return { text: stalled, tone: 'danger' };
    if (d.utilPercent === null) return { text: unknown };
    const works =
      d.utilPercent > 0 || (d.inFlight ?? 0) > 0 || (d.readsPerSec ?? 0) + (d.writesPerSec ?? 0) > 0;
    return { text: works ? 'ok' : 'idle', tone: 'muted' };
  }),
  disk('carries', { width: 10, keep: 70, most: 24 }),
  disk('model', { width: 8, keep: 20, most: Number.POSITIVE_INFINITY }, (d) => ({
    text: d.model ?? (d.slaves.length > 0 ? `on ${d.slaves.join(' ')}` : unknown),
    tone: 'muted',
  })),
];

const filesystem = fieldColumns(filesystemFields, (f: Filesystem) => f);
const barColumns = 16;

export function filesystemColumns(unicode: boolean): readonly Column<Filesystem>[] {
  return [
    filesystem('path', { width: 12, keep: 100, most: 24 }),
    filesystem('bar', { width: barColumns, keep: 20 }, (f) => {
      const used = usedPercent(f);
      return {
        text: bar(used === null ? null : used / 100, barColumns, unicode),
        tone: levelTone(f.level),
      };
    }),
    filesystem('used', { title: 'USED', align: 'right', width: 5, keep: 90 }, (f) => ({
      text: formatPercent(usedPercent(f)),
      tone: levelTone(f.level),
    })),
    filesystem('available', { width: 6, keep: 95 }),
    filesystem('total', { width: 6, keep: 80 }),
    filesystem('freeInodes', { width: 11, keep: 60 }),
    filesystem('type', { width: 8, keep: 50 }),
    filesystem('device', { width: 10, keep: 40, most: 24 }, (f) =>
      f.disks.length > 0 && f.device !== f.disks[0]
        ? { text: `${f.device ?? ''} on ${f.disks.join(' ')}` }
        : {},
    ),
    filesystem('problem', { width: 8, keep: 70, most: Number.POSITIVE_INFINITY }, (f) => ({
      text: f.problem === null ? '' : f.problem.kind === 'timeout' ? 'no answer' : f.problem.kind,
      tone: 'warning',
    })),
  ];
}
