/**
 * One row of the table of fields says a field's name, unit, meaning and where it is read. Screen columns, the
 * JSON document and its documentation, sorting, the text snapshot and exports are drawn from these rows.
 */

/** Unit of `read`'s value; `time` is Unix ms, `percent` is 0-100; `cpu` is percent of one CPU, and may be more. */
export const units = [
  'bytes',
  'bytes/s',
  'bytes/min',
  'percent',
  'cpu',
  's',
  'ms',
  'per second',
  'ticks',
  'ratio',
  'time',
  'text',
  'flag',
  'list',
  'none',
] as const;
export type Unit = (typeof units)[number];

/** A gauge goes up and down, a counter only up, a fact names or describes. */
export type FieldKind = 'gauge' | 'counter' | 'fact';

export type FieldValue = number | string | boolean | null | readonly string[];

export interface Field<Subject> {
  /** Stable, dotted, without the unit: `memory.available`; of a list's rows the name alone: `resident`. */
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

/** A name that carries its unit ends so; the id does without. */
const endings: Partial<Record<Unit, string>> = {
  bytes: 'Bytes',
  'bytes/s': 'BytesPerSec',
  'bytes/min': 'BytesPerMin',
  percent: 'Percent',
  cpu: 'Percent',
  s: 'Sec',
  ms: 'Ms',
  'per second': 'PerSec',
};

type NamesOf<Subject, Value> = string &
  { [Name in keyof Subject]: Subject[Name] extends Value ? Name : never }[keyof Subject];

/** Makes rows of one unit: what the subject has under its own name, or what `read` makes of it. */
interface Row<Value extends FieldValue> {
  <Subject>(name: NamesOf<NoInfer<Subject>, Value | null>, title: string, help: string): Field<Subject>;
  <Subject>(
    name: string,
    title: string,
    help: string,
    read: (subject: Subject) => Value | null | undefined,
  ): Field<Subject>;
}

function row<Value extends FieldValue>(unit: Unit, kind: FieldKind): Row<Value> {
  const ending = endings[unit] ?? '';
  return <Subject>(
    name: string,
    title: string,
    help: string,
    read: Field<Subject>['read'] = (subject) => subject[name as keyof Subject] as FieldValue,
  ): Field<Subject> => ({
    id: ending !== '' && name.endsWith(ending) ? name.slice(0, -ending.length) : name,
    json: name,
    title,
    unit,
    kind,
    help,
    read,
  });
}

export const bytes = row<number>('bytes', 'gauge');
export const bytesPerSec = row<number>('bytes/s', 'gauge');
export const bytesPerMin = row<number>('bytes/min', 'gauge');
export const percent = row<number>('percent', 'gauge');
export const cpuPercent = row<number>('cpu', 'gauge');
export const seconds = row<number>('s', 'gauge');
export const milliseconds = row<number>('ms', 'gauge');
export const perSecond = row<number>('per second', 'gauge');
export const ratio = row<number>('ratio', 'gauge');
export const count = row<number>('none', 'gauge');
export const counter = row<number>('none', 'counter');
/** A number that names or describes: a pid, a uid. */
export const number = row<number>('none', 'fact');
export const ticks = row<number>('ticks', 'fact');
export const time = row<number>('time', 'fact');
export const text = row<string>('text', 'fact');
export const flag = row<boolean>('flag', 'fact');
export const list = row<readonly string[]>('list', 'fact');
/** A word or a flag that comes and goes. */
export const changingText = row<string>('text', 'gauge');
export const changingFlag = row<boolean>('flag', 'gauge');

/** Rows of an object that the subject holds; where it holds none (null), its rows have no value. */
export function within<Subject, Inner>(
  name: string,
  inner: (subject: Subject) => Inner | null,
  fields: readonly Field<Inner>[],
): Field<Subject>[] {
  return fields.map((field) => ({
    ...field,
    id: `${name}.${field.id}`,
    json: `${name}.${field.json}`,
    read: (subject) => {
      const held = inner(subject);
      return held === null ? undefined : field.read(held);
    },
  }));
}
