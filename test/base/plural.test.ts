import { expect, test } from 'vitest';
import { listText, plural } from '../../src/base/plural.ts';

test.each([
  [0, '0 processes'],
  [1, '1 process'],
  [2, '2 processes'],
])('%i of them', (count, text) => {
  expect(plural(count, 'process', 'processes')).toBe(text);
});

test.each([
  [[], ''],
  [['a'], 'a'],
  [['a', 'b'], 'a and b'],
  [['a', 'b', 'c', 'd'], 'a, b, c and d'],
  [['a', 'b', 'c', 'd', 'e'], 'a, b, c and 2 more'],
])('%j in a sentence', (names, text) => {
  expect(listText(names)).toBe(text);
});
