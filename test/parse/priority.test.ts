import { expect, test } from 'vitest';
import { ioToSet, isIdleIo, parseAutogroup, parseLeastNice, parseSetting } from '../../src/parse/priority.ts';

test('the class of an I/O priority', () => {
  expect(isIdleIo(3 << 13)).toBe(true);
  expect(isIdleIo((3 << 13) | 7)).toBe(true);
  expect([0, 4, (2 << 13) | 4, 1 << 13].some(isIdleIo)).toBe(false);
  // IOPRIO_CLASS_NONE with a level is EINVAL to ioprio_set.
  expect(ioToSet(4)).toBe(0);
  expect(ioToSet((2 << 13) | 4)).toBe((2 << 13) | 4);
});

test('a session’s nice', () => {
  expect(parseAutogroup('/autogroup-123 nice 0\n')).toBe(0);
  expect(parseAutogroup('/autogroup-4 nice -11\n')).toBe(-11);
  expect(parseAutogroup('')).toBeNull();
});

test.each([
  ['100\n', '100'],
  ['max\n', 'max'],
  ['default 100\n8:0 50\n', 'default 100'],
  ['', null],
  ['idle\n', null],
])('%j of a cgroup is %j', (text, value) => expect(parseSetting(text)).toBe(value));

test.each([
  ['Max nice priority         0                    0                    \n', 20],
  [
    'Max realtime timeout      unlimited            unlimited            us\nMax nice priority         40                   40\n',
    -20,
  ],
  ['Max nice priority         unlimited            unlimited\n', -20],
  ['', 20],
])('%j: a user gets back to %d', (limits, nice) => expect(parseLeastNice(limits)).toBe(nice));
