import { expect, test } from 'vitest';
import { sameCache } from '../../../src/model/cache-check/cache-address.ts';
import { isRetried, lostSec } from '../../../src/model/cache-check/lost.ts';

test('a closed port costs Nix the pauses between its attempts', () => {
  // Measured: about 4.5 s.
  expect(lostSec(0.001)).toBeCloseTo(4.47, 1);
  expect(lostSec(0.001, 1)).toBe(0.001);
});

test('each attempt waits as long', () => {
  expect(lostSec(15)).toBeCloseTo(79.5, 1);
  expect(lostSec(15, 2)).toBeCloseTo(30.3, 1);
});

test.each([
  [500, true],
  [502, true],
  [501, false],
  [429, true],
  [404, false],
  [401, false],
])('status %d is asked for again: %s', (status, again) => {
  expect(isRetried(status)).toBe(again);
});

test.each([
  ['http://nas', 'http://nas:80/', true],
  ['https://NAS:443/x/?priority=3', 'https://nas/x', true],
  ['http://me:secret@nas', 'http://nas', true],
  ['http://nas:8080', 'http://nas', false],
  ['http://nas', 'https://nas', false],
  ['http://nas/X', 'http://nas/x', false],
  ['file:///srv/cache', 'file:///srv/cache/', true],
  ['local', 'local', true],
])('%s and %s are one: %s', (one, other, same) => {
  expect(sameCache(one, other)).toBe(same);
});
