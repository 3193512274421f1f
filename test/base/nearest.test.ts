import { expect, test } from 'vitest';
import { nearestWord } from '../../src/base/nearest.ts';

test.each([
  ['idelSec', 'idleSec'],
  ['IDLESEC', 'idleSec'],
  ['idle', null],
  ['pausesec', 'pauseSec'],
  ['spinBlinSec', 'spinBlindSec'],
  ['', null],
  ['something-else', null],
])('%s means %s', (typed, meant) => {
  expect(nearestWord(typed, ['pauseSec', 'idleSec', 'spinSec', 'spinBlindSec'])).toBe(meant);
});

test('of no words none', () => {
  expect(nearestWord('idleSec', [])).toBeNull();
});
