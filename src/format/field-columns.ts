/** Columns of a table of fields: the title is the field's, and so is the cell, by its unit, where it is just that. */

import { formatBytes, formatGrowth } from '../base/bytes.ts';
import { formatDuration } from '../base/duration.ts';
import { formatCount, formatMs, formatPercent, formatTenths, unknown } from '../base/number.ts';
import type { Field, Unit } from '../model/fields/field.ts';
import type { Cell, Column } from './columns.ts';

/** Of the others a fact (a pid, a uid) is written whole, and a gauge counts. */
const numberTexts: Partial<Record<Unit, (value: number) => string>> = {
  bytes: formatBytes,
  'bytes/s': formatBytes,
  'bytes/min': formatGrowth,
  percent: formatPercent,
  cpu: formatCount,
  s: formatDuration,
  ms: formatMs,
  'per second': formatTenths,
  ratio: formatTenths,
};

export function fieldText<Subject>({ unit, kind, read }: Field<Subject>, subject: Subject): string {
  const value = read(subject);
  switch (typeof value) {
    case 'number':
      return (numberTexts[unit] ?? (kind === 'fact' ? String : formatCount))(value);
    case 'string':
      return value;
    case 'boolean':
      return value ? 'yes' : 'no';
    default:
      return value?.join(' ') || unknown;
  }
}

export type Look = Pick<Column<never>, 'width' | 'keep'> &
  Partial<Pick<Column<never>, 'title' | 'align' | 'most'>>;

/** Makes columns of what `of` finds in a row; `cell` says what is not as the field says it. */
export function fieldColumns<Row, Subject>(fields: readonly Field<Subject>[], of: (row: Row) => Subject) {
  const byId = new Map(fields.map((field) => [field.id, field]));
  return (id: string, look: Look, cell?: (row: Row) => Partial<Cell>): Column<Row> => {
    const field = byId.get(id);
    const words = field === undefined || ['text', 'list', 'flag'].includes(field.unit);
    return {
      id,
      title: field?.title ?? '',
      align: words ? 'left' : 'right',
      ...look,
      cell: (row) => ({ text: field === undefined ? '' : fieldText(field, of(row)), ...cell?.(row) }),
    };
  };
}
