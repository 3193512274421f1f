/** docs/check.md: its items are the program's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type ItemReference, rebuildReference } from '../../src/format/check-reference.ts';
import { deployReference } from '../../src/format/check-reference-deploy.ts';
import { quickReference } from '../../src/format/check-reference-quick.ts';
import { itemTitle } from '../../src/format/check-words.ts';
import type { ItemId } from '../../src/model/advice/check.ts';

const file = new URL('../../docs/check.md', import.meta.url);
const text = () => readFileSync(file, 'utf8');
const tables = { rebuild: rebuildReference, deploy: deployReference, quick: quickReference };

function table(references: Readonly<Partial<Record<ItemId, ItemReference>>>): string {
  const rows = Object.entries(references).map(([id, { looksAt, warns, fails, blind }]) => {
    const name = `${itemTitle(id as ItemId)} (\`${id}\`)`;
    return `| ${name} | ${looksAt} | ${warns ?? '–'} | ${fails ?? '–'} | ${blind} |`;
  });
  const head = '| item | looks at | warns | fails | cannot see |';
  return [head, '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

function current(document: string): string {
  return document.replace(
    /(<!-- (rebuild|deploy|quick): generated -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: keyof typeof tables, end: string) =>
      `${begin}\n${table(tables[name])}\n\n${end}`,
  );
}

describe('docs/check.md', () => {
  it('has the items as they are (UPDATE_GOLDEN=1 writes them)', () => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, current(text()));
    expect(text()).toBe(current(text()));
  });

  it('names a title once, and no cell breaks its row', () => {
    const ids = Object.values(tables).flatMap((one) => Object.keys(one)) as ItemId[];
    const titles = ids.map(itemTitle);
    expect(new Set(titles).size).toBe(titles.length);
    const cells = Object.values({ ...rebuildReference, ...deployReference, ...quickReference }).flatMap(
      Object.values,
    );
    for (const cell of cells) expect(cell ?? '').not.toMatch(/[|\n]/);
  });
});
