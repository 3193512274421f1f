import { expect, test } from 'vitest';
import { parseLimits } from '../../../src/guard/limits.ts';
import { limitsText } from '../../../src/modes/watch/guard-settings.ts';

test.each([
  ['memory-delta=10G,await=1000ms,time=30m', 'memory-delta 10G, await 1 s, time 30 min, and the usual rules'],
  ['io.await=250ms,io.for=90s', 'await 250 ms, io.for 90 s, and the usual rules'],
  [
    'memory=15%,memory.available=5%,build-time=3',
    'memory 15%, memory.available 5%, build-time 3, and the usual rules',
  ],
  ['stuck=1h', 'stuck 1 h, and the usual rules'],
])('%s', (typed, text) => {
  const parsed = parseLimits(typed);
  expect(parsed.ok && limitsText(parsed.limits)).toBe(text);
});

test('none', () => expect(limitsText({})).toBe('the usual rules'));
