/** docs/collect.md: its sources are the program's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { sourcesInOrder } from '../../src/bundle/sources.ts';

const file = new URL('../../docs/collect.md', import.meta.url);
const text = () => readFileSync(file, 'utf8');
const rights = {
  'read-all-processes': 'all processes',
  'signal-all': 'signals',
  'set-priority': 'priorities',
  administer: 'root',
} as const;

function table(): string {
  const rows = sourcesInOrder().map(({ id, what, from, timeMs, mostBytes, needs }) => {
    const cells = [
      `\`${id}\``,
      what,
      `\`${from.replaceAll('|', '\\|')}\``,
      `${timeMs / 1000} s, ${mostBytes >> 10} kB`,
      needs === undefined ? '' : rights[needs],
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const head = '| source | what | from | at most | more with |';
  return [head, '| --- | --- | --- | --- | --- |', ...rows].join('\n');
}

const current = (document: string) =>
  document.replace(
    /(<!-- sources: generated -->\n)[\s\S]*?(<!-- end -->)/,
    (_, begin: string, end: string) => `${begin}\n${table()}\n\n${end}`,
  );

it('docs/collect.md has the sources as they are (UPDATE_GOLDEN=1 writes them)', () => {
  if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, current(text()));
  expect(text()).toBe(current(text()));
});
