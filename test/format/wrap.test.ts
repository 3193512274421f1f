import { expect, test } from 'vitest';
import { wrapped } from '../../src/format/wrap.ts';

test.each<[string, number, string[]]>([
  ['', 10, ['']],
  ['one two', 10, ['one two']],
  ['one two three', 7, ['one two', 'three']],
  ['it took 12 min', 12, ['it took', '12 min']],
  ['abcdefghij', 4, ['abcd', 'efgh', 'ij']],
  ['a abcdefgh', 4, ['a', 'abcd', 'efgh']],
  ['字字字字', 5, ['字字', '字字']],
])('%j at %i', (text, columns, expected) => {
  expect(wrapped(text, columns)).toEqual(expected);
});
