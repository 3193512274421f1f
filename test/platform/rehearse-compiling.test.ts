import { expect, test } from 'vitest';
import { rehearseCompiling } from '../../src/platform/rehearse-compiling.ts';

test('its text compiles, as often as it is asked', () => {
  expect(() => {
    rehearseCompiling();
    rehearseCompiling();
  }).not.toThrow();
});
