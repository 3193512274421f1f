/** docs/guard.md: its rules are the program's. The table of made machines is that of test/guard/worlds.test.ts. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { guardRuleTable } from '../../src/guard/settings.ts';
import { docsOfGuard, withBlock } from '../guard/docs.ts';

const units = { percent: ' %', bytes: ' B', ms: ' ms', s: ' s', ratio: ' times', none: '' } as const;

function rulesTable(): string {
  const rows = Object.entries(guardRuleTable).map(([rule, { help, numbers, forSec, actions, may }]) => {
    const each = Object.entries(numbers).map(
      ([name, { value, unit, help: what, source }]) =>
        `\`${name}\` ${value}${units[unit as keyof typeof units]}: ${what} *(${source})*`,
    );
    const others = may.filter((action) => !(actions as readonly string[]).includes(action));
    const does = `${actions.join(', ')}${others.length === 0 ? '' : `; may: ${others.join(', ')}`}`;
    return `| \`${rule}\` | ${help} | ${each.join('<br>')} | ${forSec} s | ${does} |`;
  });
  return ['| rule | | numbers | for | does |', '| --- | --- | --- | ---: | --- |', ...rows].join('\n');
}

it('docs/guard.md has the rules as they are (UPDATE_GOLDEN=1 writes them)', () => {
  const current = () => withBlock(readFileSync(docsOfGuard, 'utf8'), 'guard-rules', rulesTable());
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(docsOfGuard, current());
  expect(readFileSync(docsOfGuard, 'utf8')).toBe(current());
});
