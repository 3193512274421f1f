/** docs/diagnosis.md: its thresholds are the program's, and every reason and figure has a place in it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { thresholds } from '../../src/diagnose/thresholds.ts';

const file = new URL('../../docs/diagnosis.md', import.meta.url);
const text = () => readFileSync(file, 'utf8');
const units = {
  s: ' s',
  percent: ' %',
  bytes: ' bytes',
  'per second': ' a second',
  'bytes per second': ' bytes a second',
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

  it('uses every threshold that decides a verdict', () => {
    const [rules = ''] = text().split('## Thresholds');
    const named = Object.keys(thresholds).filter((name) => rules.includes(`\`${name}\``));
    // What counts as CPU, memory and bytes at all, and how long a transfer is only waited for, stands in the table alone.
    const alone = ['idleCpuPercent', 'residentBytes', 'callBytes', 'yieldsPerSec'];
    expect([...named, ...alone].sort()).toEqual(Object.keys(thresholds).sort());
  });
});
