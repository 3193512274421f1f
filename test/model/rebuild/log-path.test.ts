import { expect, test } from 'vitest';
import { knowsLogPath } from '../../../src/model/rebuild/log-path.ts';

test.each([
  ['2.29.1', false],
  ['2.30.0', true],
  ['2.34.8', true],
  ['2.34.8+dfsg', true],
  ['3.0.1', true],
  ['2.8.0', false],
  ['2.91.1 (Lix)', false],
  ['3.6.2 (Determinate)', false],
  ['3.22.2 (Determinate)', true],
  ['2.34.8 (of somebody)', false],
  ['', false],
  [null, false],
])('Nix %s: %s', (version, knows) => {
  expect(knowsLogPath(version)).toBe(knows);
});
