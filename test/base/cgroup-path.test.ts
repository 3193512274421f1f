/** Which cgroup is within which. */
import { expect, test } from 'vitest';
import { isInCgroup } from '../../src/base/cgroup-path.ts';

test.each([
  ['/a', '/a', true],
  ['/a/b', '/a', true],
  ['/ab', '/a', false],
  ['/a', '/a/b', false],
  ['/a', '/', true],
  ['/', '/', true],
  [null, '/', false],
])('%s in %s: %s', (path, cgroup, within) => {
  expect(isInCgroup(path, cgroup)).toBe(within);
});
