/** Text that should be a JSON object. */
import { expect, test } from 'vitest';
import { parseJsonObject } from '../../src/base/fields.ts';

test.each([
  ['{}', {}],
  ['{"a": [1]}', { a: [1] }],
  ['', null],
  ['{', null],
  ['[1]', null],
  ['null', null],
  ['"text"', null],
  ['7', null],
])('%j is the object %j', (text, object) => {
  expect(parseJsonObject(text)).toEqual(object);
});
