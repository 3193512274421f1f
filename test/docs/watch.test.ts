/** docs/watch.md: its table of limits is that of the rules. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseAmount } from '../../src/base/amount.ts';
import { limitNames, limitTable, parseLimits } from '../../src/guard/limits.ts';
import { defaultGuardSettings } from '../../src/guard/settings.ts';

const page = readFileSync(new URL('../../docs/watch.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| `([\w-]+)(=[^`]+)` \| ([^|]+) \|/gm)].map(
  ([, name = '', value, usual = '']) => ({
    ...{ name, usual: usual.trim() },
    example: `${name}${value}`,
  }),
);

test('every limit stands in it, with an example that is understood', () => {
  expect(rows.map(({ name }) => name).sort()).toEqual([...limitNames].sort());
  for (const { example } of rows) expect(parseLimits(example)).toMatchObject({ ok: true });
});

test('what holds without one', () => {
  for (const { name, usual } of rows) {
    const limit = limitTable.get(name);
    if (limit === undefined) throw new Error(name);
    const { forSec, numbers } = defaultGuardSettings.rules[limit.rule];
    const value =
      limit.number === null ? forSec : (numbers as Readonly<Record<string, number>>)[limit.number];
    expect(usual === 'none' ? 0 : parseAmount(usual, limit.unit), name).toBe(value);
  }
});
