import { expect, test } from 'vitest';
import { formatDuration, formatSeconds, lengthText, tookText } from '../../src/base/duration.ts';
import { table } from './width-table.ts';

table('duration', formatDuration, 7, [
  [0, '0:00'],
  [7.9, '0:07'],
  [2822, '47:02'],
  [3753, '1:02:33'],
  [35_999, '9:59:59'],
  [45_180, '12h 33m'],
  [86_400 * 3 + 4 * 3600 + 59, '3d 4h'],
  [86_400 * 99 + 23 * 3600, '99d 23h'],
  [86_400 * 250, '250d'],
  [1e15, '>99999d'],
  [-5, '0:00'],
]);

table('seconds', formatSeconds, 7, [
  [0, '0.0s'],
  [2.1, '2.1s'],
  [9.96, '10s'],
  [34.4, '34s'],
  [119.4, '119s'],
  [120, '2:00'],
  [-1, '0.0s'],
]);

test.each([
  [0, '0 s'],
  [119_400, '119 s'],
  [120_000, '2 min'],
  [150_000, '3 min'],
  [119 * 60_000, '119 min'],
  [120 * 60_000, '2 h'],
  [192 * 60_000, '3 h 12 min'],
  [48 * 3_600_000, '2 d'],
  [52 * 3_600_000, '2 d 4 h'],
])('%d ms is %s', (ms, text) => {
  expect(lengthText(ms)).toBe(text);
});

test.each([
  [0.4, '0 ms'],
  [36, '36 ms'],
  [1234, '1.2 s'],
  [9960, '10 s'],
  [34_200, '34 s'],
  [119_000, '119 s'],
  [3_600_000, '60 min'],
  [11_520_000, '3 h 12 min'],
])('what took %d ms took %s', (ms, text) => {
  expect(tookText(ms)).toBe(text);
});
