import { expect, test } from 'vitest';
import { problemOf } from '../../src/platform/errno.ts';

const error = (code: unknown) => Object.assign(new Error('x'), { code });

test.each([
  ['ENOENT', 'gone', undefined],
  ['ESRCH', 'gone', undefined],
  ['EACCES', 'denied', undefined],
  ['EPERM', 'denied', undefined],
  ['ENOTSUP', 'unsupported', 'ENOTSUP'],
  ['EOPNOTSUPP', 'unsupported', 'EOPNOTSUPP'],
  ['EMFILE', 'exhausted', 'too many open files in nixpulse'],
  ['ENFILE', 'exhausted', 'too many open files on this machine'],
  ['ENOMEM', 'exhausted', 'no memory left'],
  ['ENOSPC', 'denied', 'ENOSPC'],
  ['EIO', 'malformed', 'EIO'],
] as const)('%s is %s', (code, kind, cause) => {
  expect(problemOf(error(code), '/x')).toEqual(cause ? { kind, where: '/x', cause } : { kind, where: '/x' });
});

test.each([[error('EBADF')], [error('toString')], [error(5)], [new TypeError('bug')], ['text'], [null]])(
  'a bug is thrown again: %s',
  (thrown) => {
    let caught: unknown;
    try {
      problemOf(thrown, '/x');
    } catch (again) {
      caught = again;
    }
    expect(caught).toBe(thrown);
  },
);
