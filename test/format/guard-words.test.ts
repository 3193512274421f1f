/** How near a rule is to acting, and what it measures, in words. */
import { describe, expect, it, test } from 'vitest';
import { measuredText, nearness, readingState } from '../../src/format/guard-words.ts';
import type { GuardReading } from '../../src/model/guard/guard.ts';

const reading = (more: Partial<GuardReading> = {}): GuardReading => ({
  ...{ rule: 'leak', state: 'calm', subject: { kind: 'machine' }, name: 'a-1', value: 10, limit: 20 },
  ...{ unit: 'percent', heldSec: 0, forSec: 10, worsening: null, agrees: null, taken: 0 },
  ...more,
});

describe('how near it is to acting', () => {
  it.each<[string, Partial<GuardReading>, number | null]>([
    ['half way to its level', {}, 0.25],
    ['beyond it, and calm all the same', { value: 31 }, 0.5],
    ['over for half of its duration', { value: 31, state: 'over', heldSec: 5 }, 0.75],
    ['over for longer than that', { value: 31, state: 'over', heldSec: 50 }, 1],
    ['it acts at once', { value: 31, state: 'tripped', heldSec: 1 }, 1],
    ['it rests', { value: 31, state: 'resting' }, 1],
    ['a level that is passed from above', { value: 40, below: true }, 0.25],
    ['nothing left', { value: 0, below: true }, 0.5],
    ['a rule without a duration', { forSec: 0, state: 'over', value: 40 }, 0.5],
    ['unknown', { value: null }, null],
    ['without a limit', { limit: 0 }, null],
    ['there or not', { unit: 'none' }, null],
  ])('%s', (_, more, part) => expect(nearness(reading(more))).toBe(part));
});

test('what holds much and does not grow says so', () => {
  expect(readingState(reading({ value: 31, worsening: false }), false).text).toBe('calm, does not grow');
  expect(readingState(reading({ worsening: false }), false).text).toBe('calm');
});

test('nothing is told in the unit of what it acts at', () => {
  const sec = { unit: 's', limit: 1800 } as const;
  expect(measuredText(reading({ ...sec, value: 0 }))).toBe('0 min');
  expect(measuredText(reading({ ...sec, value: 0, limit: 15 }))).toBe('0 s');
  expect(measuredText(reading({ ...sec, value: 240 }))).toBe('4 min');
  expect(measuredText(reading({ value: 0 }))).toBe('0%');
});
