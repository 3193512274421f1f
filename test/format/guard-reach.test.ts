import { expect, test } from 'vitest';
import { guardReachText } from '../../src/format/guard-reach.ts';

test('who may act on everybody is told nothing', () => {
  expect(guardReachText([])).toBeNull();
});

test('who may not is told of what, and what it takes; each right once', () => {
  expect(guardReachText(['CAP_KILL', 'CAP_SYS_NICE', 'CAP_KILL'])).toBe(
    'what belongs to others it cannot touch, builds of the daemon among them: that takes CAP_KILL and CAP_SYS_NICE',
  );
});
