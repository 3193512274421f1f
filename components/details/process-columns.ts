/** The columns of the process table of one build: titles and most cells from the table of fields. */

import { formatReadWrite } from '../../src/base/bytes.ts';

import { oneLine } from '../../src/base/text.ts';
import type { Column } from '../../src/format/columns.ts';
import { fieldColumns } from '../../src/format/field-columns.ts';
import { processFields } from '../../src/model/fields/build.ts';
import type { BuildProcess } from '../../src/model/model.ts';

export interface ProcessLine {
  readonly process: BuildProcess;
  /** Drawn before the command. */
  readonly branch: string;
}

const column = fieldColumns(processFields, ({ process }: ProcessLine) => process);

export const processColumns: readonly Column<ProcessLine>[] = [
  column('pid', { width: 7, keep: 90 }),
  column('state', { width: 1, keep: 85 }, ({ process: { state } }) => ({
    tone: state === 'D' || state === 'Z' ? 'warning' : state === 'T' ? 'accent' : undefined,
  })),
  column('age', { width: 7, keep: 60 }),
  column('threads', { width: 4, keep: 20 }),
  column('cpu', { width: 5, keep: 80 }),
  column('resident', { width: 6, keep: 88 }),
  column('io', { title: 'I/O r/w', align: 'right', width: 11, keep: 30 }, ({ process }) => ({
    text: formatReadWrite(process.readBytesPerSec, process.writeBytesPerSec),
  })),
  column(
    'command',
    { width: 12, keep: 100, most: Number.POSITIVE_INFINITY },
    ({ process: { comm, command, escapee }, branch }) => ({
      text: branch + (command === null ? comm : oneLine(command)),
      tone: escapee ? 'warning' : undefined,
    }),
  ),
];
