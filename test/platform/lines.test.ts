import { expect, test } from 'vitest';
import { createLineSplitter } from '../../src/platform/lines.ts';

function linesOf(...pieces: string[]): string[] {
  const found: string[] = [];
  const lines = createLineSplitter((line) => found.push(line));
  for (const piece of pieces) lines.add(piece);
  lines.end();
  return found;
}

test.each([
  [['a\nb\n'], ['a', 'b']],
  [
    ['a', 'b', '\n', '\n'],
    ['ab', ''],
  ],
  [['a\nb'], ['a', 'b']],
  [[''], []],
  [['\n'], ['']],
  [['a\r\n\x1b[31mb\n'], ['a\r', '\x1b[31mb']],
])('%j', (pieces, expected) => {
  expect(linesOf(...pieces)).toEqual(expected);
});

test('a line without an end is cut, and the next one is whole', () => {
  const megabyte = 'x'.repeat(1 << 20);
  const [first, second] = linesOf(megabyte, megabyte, 'rest\nnext\n');
  expect(first).toHaveLength(1 << 20);
  expect(second).toBe('next');
});
