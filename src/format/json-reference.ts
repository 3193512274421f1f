/** The documentation of the JSON document, from the same tables as the document itself. */
import { documentSections } from '../model/fields/document.ts';
import type { Unit } from '../model/fields/field.ts';

const units: Readonly<Record<Unit, string>> = {
  bytes: 'bytes',
  'bytes/s': 'bytes/s',
  'bytes/min': 'bytes/min',
  percent: '%',
  cpu: '%',
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
  return [
    '# The JSON document',
    '',
    'What `nixpulse snapshot --json` prints, and `nixpulse replay --json` for every recorded moment, one a line.',
    'Names are stable and carry their unit. `null` means unknown, never 0. A part that failed carries `problem`',
    'with `kind`, `where` and `cause`; one that did not has none.',
    'Bytes are whole, other numbers have up to 3 decimals. This page is generated from the table of fields.',
    '',
    '`nixpulse diagnose --json` prints the same, and besides: `seen` (`from`, `sec`, `recorded`: the recording it goes back',
    'to, or null; `live`), `worst` (`finding`, `level`, `text`; null: nothing was found) and `at` (the question at which the',
    'decision path stands). Of `probes[]` it has those that have ended, with `value`: what the probe brought, raw; `problem`',
    'is null where it brought something.',
    ...documentSections.flatMap(({ path, help, fields }) => [
      '',
      `## ${path === '' ? 'The machine' : `\`${path}\``}`,
      '',
      help,
      '',
      '| name | unit | kind | meaning |',
      '| --- | --- | --- | --- |',
      ...fields.map(({ json, unit, kind, help }) => `| \`${json}\` | ${units[unit]} | ${kind} | ${help} |`),
    ]),
    '',
  ].join('\n');
}
