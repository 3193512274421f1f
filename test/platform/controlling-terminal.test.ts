import { expect, test } from 'vitest';
import { standingIn } from '../../src/platform/controlling-terminal.ts';

test.each([
  ['4711 (node) S 4700 4711 4700 34816 4711 4194304 0', 'foreground'],
  ['4711 (node) S 4700 4711 4700 34816 4700 4194304 0', 'background'],
  ['4711 (node) S 4700 4711 4700 0 -1 4194304 0', 'none'],
  ['4711 (a) 1 2 (b) S 4700 4711 4700 34816 4711 4194304 0', 'foreground'],
  ['', 'none'],
  ['4711 (node', 'none'],
])('%j: %s', (stat, standing) => {
  expect(standingIn(stat)).toBe(standing);
});
