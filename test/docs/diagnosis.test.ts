/** docs/diagnosis.md: its thresholds are the program's, and every reason and figure has a place in it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { rules } from '../../src/diagnose/rules/rules.ts';
import { thresholds } from '../../src/diagnose/thresholds.ts';

const file = new URL('../../docs/diagnosis.md', import.meta.url);
const text = () => readFileSync(file, 'utf8');
const units = {
  s: ' s',
  percent: ' %',
  bytes: ' bytes',
  'per second': ' a second',
  'bytes per second': ' bytes a second',
  times: ' times',
} as const;

function table(): string {
  const rows = Object.entries(thresholds).map(
    ([name, { value, unit, help, source }]) =>
      `| \`${name}\` | ${value}${units[unit]} | ${help} | ${source} |`,
  );
  return ['| name | value | what it decides | source |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function current(document: string): string {
  return document.replace(
    /(<!-- thresholds: generated -->\n)[\s\S]*?(<!-- end -->)/,
    (_, begin: string, end: string) => `${begin}\n${table()}\n\n${end}`,
  );
}

describe('docs/diagnosis.md', () => {
  it('has the thresholds as they are (UPDATE_GOLDEN=1 writes them)', () => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, current(text()));
    expect(text()).toBe(current(text()));
  });

  it('has a row for each hypothesis that a rule looks at, and names its probes', () => {
    const [, hypotheses = ''] = text().split('## Hypotheses');
    const [table = ''] = hypotheses.split('## Thresholds');
    const cells = table
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => line.split(' | '));
    // What a row leaves out is that of the row above.
    let id = '';
    const textOf = new Map<string, string>();
    for (const [first = '', ...rest] of cells) {
      id = /^\| `([\w-]+)`/.exec(first)?.[1] ?? id;
      textOf.set(id, `${textOf.get(id) ?? ''} ${rest.join(' ')}`);
    }
    for (const rule of rules) {
      const row = textOf.get(rule.id);
      expect(row, `no row for ${rule.id}`).toBeDefined();
      for (const probe of rule.probes) expect(row, rule.id).toContain(`\`${probe}\``);
    }
  });

  it('uses every threshold that decides a verdict', () => {
    const [rules = ''] = text().split('## Thresholds');
    const named = Object.keys(thresholds).filter((name) => rules.includes(`\`${name}\``));
    // What counts as CPU, memory and bytes at all, and how long a transfer is only waited for, stands in the table alone.
    const alone = ['idleCpuPercent', 'residentBytes', 'callBytes', 'yieldsPerSec'];
    expect([...named, ...alone].sort()).toEqual(Object.keys(thresholds).sort());
  });
});
