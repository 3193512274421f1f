/** The words of what a finding or a verdict stands on: what was read, its value with its unit, since when. */
import { bytesText } from '../base/bytes.ts';
import { minuteText } from '../base/clock-time.ts';
import { lengthText, tookText } from '../base/duration.ts';
import { formatMs, formatPercent, formatTenths } from '../base/number.ts';
import { oneLine, printable } from '../base/text.ts';
import type { Untested } from '../model/diagnosis/hypothesis.ts';
import type { Evidence, Verdict } from '../model/diagnosis/verdict.ts';
import { documentSections } from '../model/fields/document.ts';
import type { Field, Unit } from '../model/fields/field.ts';
import type { Model } from '../model/model.ts';
import { evidenceWords } from './evidence-words.ts';
import { untestedText } from './findings.ts';

let fields: ReadonlyMap<string, Field<never>> | null = null;

/** By `id` of the machine's, `disks.util` of a list's. Made when first asked for: most screens show no evidence. */
function fieldOf(id: string): Field<never> | undefined {
  fields ??= new Map(
    documentSections.flatMap(({ path, fields: own }) =>
      own.map((field): [string, Field<never>] => {
        const list = path.replaceAll('[]', '');
        return [list === '' ? field.id : `${list}.${field.id}`, field];
      }),
    ),
  );
  return fields.get(id) ?? fields.get(`builds.${id}`);
}

/** False: nobody could say what it is. */
export function isEvidenceField(id: string): boolean {
  return evidenceWords[id] !== undefined || fieldOf(id) !== undefined;
}

/** What the field is called in a sentence. */
export function evidenceTitle(id: string): string {
  return evidenceWords[id]?.[0] ?? fieldOf(id)?.title ?? plainWords(id);
}

/** Of a field that has no words yet: `kernel panic on oom`. */
function plainWords(id: string): string {
  const parts = id.split('.').slice(-2).join(' ');
  return parts.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}

/** Where it is from; empty where nobody says. */
export function evidenceHelp(id: string): string {
  return evidenceWords[id]?.[1] ?? fieldOf(id)?.help.replace(/\.$/, '') ?? '';
}

const numberTexts: Readonly<Partial<Record<Unit, (value: number) => string>>> = {
  bytes: bytesText,
  'bytes/s': (value) => `${bytesText(value)}/s`,
  'bytes/min': (value) => `${bytesText(value)}/min`,
  percent: formatPercent,
  cpu: formatPercent,
  s: (value) => tookText(value * 1000),
  ms: (value) => `${formatMs(value)} ms`,
  'per second': (value) => `${formatTenths(value)} a second`,
  ratio: formatTenths,
  time: minuteText,
  flag: (value) => (value === 0 ? 'no' : 'yes'),
};

/** Its value with its unit; empty where only its time counts. */
export function evidenceValue({ value, unit }: Pick<Evidence, 'value' | 'unit'>): string {
  if (value === null) return '';
  if (typeof value === 'string') return oneLine(value);
  return (numberTexts[unit] ?? String)(value);
}

type Clock = Pick<Model, 'timeMs' | 'monotonicMs'>;

/** `13:21, 6 min`; empty of what is so at this moment only. */
export function evidenceSince({ sinceMs }: Pick<Evidence, 'sinceMs'>, clock: Clock): string {
  if (sinceMs === null) return '';
  const ms = Math.max(0, clock.monotonicMs - sinceMs);
  return `${minuteText(clock.timeMs - ms)}, ${lengthText(ms)}`;
}

/** `CPU 0%, since 13:21, 6 min`: all of it in one line. */
export function evidenceText(evidence: Evidence, clock: Clock): string {
  const since = evidenceSince(evidence, clock);
  const value = evidenceValue(evidence);
  const said = `${evidenceTitle(evidence.field)}${value === '' ? '' : ` ${value}`}`;
  return printable(since === '' ? said : `${said}, since ${since}`);
}

type Unseen = Verdict['unseen'][number];

/** What is not seen, and what it takes. */
const unseenWords: Readonly<Record<Unseen, { readonly title: string; readonly takes: Untested }>> = {
  io: {
    title: 'disk I/O',
    takes: { kind: 'privilege', privilege: "root, or the same user as the build's" },
  },
  wchan: {
    title: 'where it sleeps',
    takes: { kind: 'privilege', privilege: "root, or the same user as the build's" },
  },
  lines: { title: 'log lines', takes: { kind: 'log' } },
  transfers: { title: 'downloads', takes: { kind: 'log' } },
  evaluation: { title: 'evaluated files', takes: { kind: 'log' } },
  steps: { title: 'steps of the tool', takes: { kind: 'log' } },
  cpu: { title: 'CPU', takes: { kind: 'unsupported' } },
  processes: { title: 'processes', takes: { kind: 'unsupported' } },
  resident: { title: 'memory', takes: { kind: 'unsupported' } },
};

/** `where it sleeps`, `needs root, …`. */
export function unseenText(unseen: Unseen): { readonly title: string; readonly takes: string } {
  const { title, takes } = unseenWords[unseen];
  return { title, takes: untestedText(takes) };
}
