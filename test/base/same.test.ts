import { expect, test } from 'vitest';
import { isSame, kept, keptRows } from '../../src/base/same.ts';

test.each([
  [1, 1, true],
  [Number.NaN, Number.NaN, true],
  [null, {}, false],
  [{ a: 1, b: [1, { c: 'x' }] }, { b: [1, { c: 'x' }], a: 1 }, true],
  [{ a: 1, b: [1, { c: 'x' }] }, { a: 1, b: [1, { c: 'y' }] }, false],
  [{ a: undefined }, {}, false],
  [{ a: undefined }, { b: undefined }, false],
  [[1, 2], [1, 2, 3], false],
  [[], {}, false],
  [{}, [], false],
])('%o and %o: %s', (a, b, same) => {
  expect(isSame(a, b)).toBe(same);
});

test('what is equal stays the same object, of a list row by row', () => {
  const before = [{ pid: 1 }, { pid: 2 }];
  expect(kept(before, [{ pid: 1 }, { pid: 2 }])).toBe(before);
  expect(keptRows(before, [{ pid: 1 }, { pid: 2 }])).toBe(before);
  const now = keptRows(before, [{ pid: 1 }, { pid: 3 }]);
  expect(now).toEqual([{ pid: 1 }, { pid: 3 }]);
  expect(now[0]).toBe(before[0]);
  expect(keptRows(before, [{ pid: 1 }])).toEqual([{ pid: 1 }]);
});
