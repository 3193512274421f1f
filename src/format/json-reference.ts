/** The documentation of the JSON document, from the same tables as the document itself. */
import { type Field, machineFields, type Unit } from '../model/fields/field.ts';
import { documentLists, type List } from './json.ts';

const units: Readonly<Record<Unit, string>> = {
  bytes: 'bytes',
  'bytes/s': 'bytes/s',
  'bytes/min': 'bytes/min',
  percent: '%',
  s: 's',
  ms: 'ms',
  'per second': '1/s',
  ticks: 'clock ticks since boot',
  ratio: 'ratio',
  time: 'time',
  text: 'text',
  flag: 'true or false',
  list: 'list of texts',
  none: '',
};

/** docs/json.md, whole. */
export function jsonReference(): string {
  const heading = (title: string, help: string) => ['', `## ${title}`, '', help, ''];
  const table = (fields: readonly Field<never>[]) => [
    '| name | unit | kind | meaning |',
    '| --- | --- | --- | --- |',
    ...fields.map(({ json, unit, kind, help }) => `| \`${json}\` | ${units[unit]} | ${kind} | ${help} |`),
  ];
  const sections = (wanted: readonly List<never, never>[], prefix: string): string[] =>
    wanted.flatMap((row) => [
      ...heading(`\`${prefix}${row.json}[]\``, row.help),
      ...table(row.fields),
      ...sections((row.lists ?? []) as readonly List<never, never>[], `${prefix}${row.json}[].`),
    ]);
  return [
    '# The JSON document',
    '',
    'What `nixpulse snapshot --json` prints, and `nixpulse replay --json` for every recorded moment, one a line.',
    'Names are stable and carry their unit. `null` means unknown, never 0. A part that failed carries `problem`',
    'with `kind`, `where` and `cause`; one that did not has none.',
    'Bytes are whole, other numbers have up to 3 decimals. This page is generated from the table of fields.',
    ...heading('The machine', '`version` is 1 until a name changes its meaning.'),
    ...table(machineFields as readonly Field<never>[]),
    ...sections(documentLists as readonly List<never, never>[], ''),
    '',
  ].join('\n');
}
