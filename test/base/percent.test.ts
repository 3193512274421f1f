import { expect, test } from 'vitest';
import { percentDecoded } from '../../src/base/percent.ts';

test.each([
  ['/a%20b', '/a b'],
  ['%C3%A4', 'ä'],
  ['a%zz', 'a%zz'],
  ['%C3', '%C3'],
  ['%', '%'],
])('%s is %s', (text, decoded) => {
  expect(percentDecoded(text)).toBe(decoded);
});
