import { expect, test } from 'vitest';
import { withoutLoginOf } from '../../../src/model/cache-check/cache-address.ts';

test.each([
  ["cannot connect to 'ada:pw@box'", 'ssh://ada:pw@box', "cannot connect to 'box'"],
  ["no store 's3://b'", 's3://b', "no store 's3://b'"],
  ["'ada@x', 'ada@box'", 'ssh-ng://ada@box?x=y@z', "'x', 'box'"],
])('%s of %s', (said, address, left) => {
  expect(withoutLoginOf(said, address)).toBe(left);
});
