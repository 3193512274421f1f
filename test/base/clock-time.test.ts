import { expect, test } from 'vitest';
import { clockText, dateText, dayText, minuteText, spanText } from '../../src/base/clock-time.ts';

const at = (day: number, hour: number) => new Date(2026, 10, day, hour, 8, 1).getTime();

test('a moment is told where the user is', () => {
  expect(clockText(at(5, 3))).toBe('03:08:01');
  expect(minuteText(at(5, 3))).toBe('03:08');
  expect(dayText(at(5, 3))).toBe('11-05');
  expect(dateText(at(5, 3))).toBe('2026-11-05');
});

test('a day that two moments have is said once', () => {
  expect(spanText({ fromMs: at(5, 3), toMs: at(5, 14) })).toBe('11-05 03:08 to 14:08');
  expect(spanText({ fromMs: at(5, 3), toMs: at(6, 1) })).toBe('11-05 03:08 to 11-06 01:08');
  expect(spanText({ fromMs: at(5, 3), toMs: at(5, 14) }, dateText)).toBe('2026-11-05 03:08 to 14:08');
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, 8.65e15])('%s is no moment', (ms) => {
  for (const text of [clockText, minuteText, dayText, dateText]) expect(text(ms)).toBe('–');
});
