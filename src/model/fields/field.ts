/**
 * The table of fields: one row says a field's name, unit, meaning and where it is read. Screen columns,
 * the JSON document and its documentation, the text snapshot and exports are drawn from it.
 */

/** Unit of `read`'s value; `time` is Unix ms, `percent` is 0-100 unless the help says otherwise. */
export type Unit =
  | 'bytes'
  | 'bytes/s'
  | 'bytes/min'
  | 'percent'
  | 's'
  | 'ms'
  | 'per second'
  | 'ticks'
  | 'ratio'
  | 'time'
  | 'text'
  | 'flag'
  | 'list'
  | 'none';

/** A gauge goes up and down, a counter only up, a fact names or describes. */
export type FieldKind = 'gauge' | 'counter' | 'fact';

export type FieldValue = number | string | boolean | null | readonly string[];

export interface Field<Subject> {
  /** Stable, dotted: `memory.available`; of a list's rows the name alone: `resident`. */
  readonly id: string;
  /** Where it stands in the JSON document, from the subject: `memory.availableBytes`. */
  readonly json: string;
  /** Short enough for a column. */
  readonly title: string;
  readonly unit: Unit;
  readonly kind: FieldKind;
  /** One sentence; for rates and sums what is counted, and the source. */
  readonly help: string;
  /**
   * null = unknown; undefined = the object it belongs to is not there (no lock is waited for, the
   * resource has no `some` line).
   */
  readonly read: (subject: Subject) => FieldValue | undefined;
}

export { buildFields, processFields } from './build.ts';
export { clientFields, transferFields, workerFields } from './client.ts';
export { diskFields, filesystemFields } from './disk.ts';
export { machineFields } from './machine.ts';
export { eventFields, problemFields, shortageFields } from './notes.ts';
