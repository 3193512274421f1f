/** What a field is as a metric: its name with the base unit, its type and help, and its value in that unit. */
import type { Field, FieldValue, Unit } from '../../model/fields/field.ts';
import type { MetricType } from './metrics-text.ts';
import { renamed } from './renames.ts';

export interface Metric {
  readonly name: string;
  readonly type: MetricType;
  readonly help: string;
  readonly unit: Unit;
  /** Of a word: the label that has it; the value is 1. */
  readonly wordLabel: string | null;
  /** What its name has as labels: `resource` of pressure. */
  readonly labels: Readonly<Record<string, string>>;
  /** Null: unknown. */
  readonly value: (read: FieldValue | undefined) => number | null;
}

/** What a unit becomes: its ending, and by what the number is divided. */
const baseUnits: Partial<Record<Unit, { readonly ending: string; readonly divisor: number }>> = {
  bytes: { ending: '_bytes', divisor: 1 },
  'bytes/s': { ending: '_bytes_per_second', divisor: 1 },
  'bytes/min': { ending: '_bytes_per_second', divisor: 60 },
  percent: { ending: '_ratio', divisor: 100 },
  cpu: { ending: '_cores', divisor: 100 },
  s: { ending: '_seconds', divisor: 1 },
  ms: { ending: '_seconds', divisor: 1000 },
  'per second': { ending: '_per_second', divisor: 1 },
  ratio: { ending: '_ratio', divisor: 1 },
  time: { ending: '_timestamp_seconds', divisor: 1000 },
  none: { ending: '', divisor: 1 },
};

/** `pid`, `client.pid`, `workerPid`, `uid`; `pidMax` is a measure. */
const namesSomebody = /(?:\bp?pid|Pid|\buid)$/;

const levels: Readonly<Record<string, number>> = { ok: 0, warning: 1, critical: 2 };

/**
 * Null for what is no measure: names, texts for people, lists, and numbers that name a process or a user. `subject`: what
 * the fields are of, `disk`; empty: the machine.
 */
export function metricOf(subject: string, field: Field<never>): Metric | null {
  const { unit, kind } = field;
  const { id, labels, help } = renamed(subject, field);
  const name = snake(['nixpulse', subject, id].filter((part) => part !== '').join('.'));
  const made = { labels, unit, help: helpOf(help, unit), wordLabel: null, type: 'gauge' } as const;
  if (unit === 'flag')
    return { ...made, name, value: (read) => (typeof read === 'boolean' ? Number(read) : null) };
  if (unit === 'text') {
    const word = id.split('.').at(-1) ?? id;
    if (word === 'level')
      return {
        ...{ ...made, name, help: `${made.help} 0 ok, 1 warning, 2 critical.` },
        value: (read) => (typeof read === 'string' ? (levels[read] ?? null) : null),
      };
    if (kind !== 'gauge') return null;
    return {
      ...{ ...made, name, wordLabel: snake(word), help: `${made.help} Always 1, of the present one.` },
      value: (read) => (typeof read === 'string' ? 1 : null),
    };
  }
  const base = baseUnits[unit];
  if (base === undefined || (kind === 'fact' && namesSomebody.test(id))) return null;
  const bare = unit === 'time' ? name.replace(/_time$/, '') : name;
  const type = kind === 'counter' ? 'counter' : 'gauge';
  return {
    ...made,
    ...{
      type,
      name: `${bare}${bare.endsWith(base.ending) ? '' : base.ending}${type === 'counter' ? '_total' : ''}`,
    },
    value: (read) => (typeof read === 'number' && Number.isFinite(read) ? read / base.divisor : null),
  };
}

/** `residentGrowth` is `resident_growth`. */
export function snake(id: string): string {
  return id
    .replaceAll('.', '_')
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/** Said of the JSON document, as it is here: what is null there is not there, 100 percent are 1. */
function helpOf(help: string, unit: Unit): string {
  const plain = help.replaceAll('`', '').replaceAll(/\bnull\b/g, 'absent');
  if (unit === 'cpu') return plain.replace('100 is one CPU', '1 is one CPU');
  return unit === 'time' ? plain.replace(', ISO 8601 in UTC', '') : plain;
}
