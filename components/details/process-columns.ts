/** The columns of the process table of one build: titles from the table of fields. */

import { formatBytes, formatReadWrite } from '../../src/base/bytes.ts';
import { formatDuration } from '../../src/base/duration.ts';
import { formatCount } from '../../src/base/number.ts';
import { oneLine } from '../../src/base/text.ts';
import type { Cell, Column } from '../../src/format/columns.ts';
import { processFields } from '../../src/model/fields/field.ts';
import type { BuildProcess } from '../../src/model/model.ts';

export interface ProcessLine {
  readonly process: BuildProcess;
  /** Drawn before the command. */
  readonly branch: string;
}

const titles = new Map(processFields.map((field) => [field.id, field.title]));

function column(
  id: string,
  look: Pick<Column<ProcessLine>, 'width' | 'keep'> & Partial<Column<ProcessLine>>,
  cell: (process: BuildProcess, branch: string) => Cell,
): Column<ProcessLine> {
  return {
    id,
    title: titles.get(id) ?? '',
    align: 'right',
    ...look,
    cell: ({ process, branch }) => cell(process, branch),
  };
}

export const processColumns: readonly Column<ProcessLine>[] = [
  column('pid', { width: 7, keep: 90 }, (p) => ({ text: String(p.pid) })),
  column('state', { align: 'left', width: 1, keep: 85 }, (p) => ({
    text: p.state,
    tone: p.state === 'D' || p.state === 'Z' ? 'warning' : p.state === 'T' ? 'accent' : undefined,
  })),
  column('age', { width: 7, keep: 60 }, (p) => ({ text: formatDuration(p.ageSec) })),
  column('threads', { width: 4, keep: 20 }, (p) => ({ text: formatCount(p.threads) })),
  column('cpu', { width: 5, keep: 80 }, (p) => ({ text: formatCount(p.cpuPercent) })),
  column('resident', { width: 6, keep: 88 }, (p) => ({ text: formatBytes(p.residentBytes) })),
  column('io', { title: 'I/O r/w', width: 11, keep: 30 }, (p) => ({
    text: formatReadWrite(p.readBytesPerSec, p.writeBytesPerSec),
  })),
  column('command', { align: 'left', width: 12, keep: 100, most: Number.POSITIVE_INFINITY }, (p, branch) => ({
    text: branch + (p.command === null ? p.comm : oneLine(p.command)),
    ...(p.escapee ? { tone: 'warning' as const } : {}),
  })),
];
