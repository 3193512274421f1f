import { expect, test } from 'vitest';
import { isBooted } from '../../src/actions/booted.ts';
import { fail } from '../../src/base/problem.ts';
import { createFakeFiles } from '../support/fake-files.ts';

test('the directory is there, is not, or did not answer', async () => {
  const files = createFakeFiles();
  expect(await isBooted(files)).toBe(false);
  files.set('/run/systemd/system/x', '');
  expect(await isBooted(files)).toBe(true);
  for (const kind of ['timeout', 'denied', 'exhausted'] as const) {
    expect(await isBooted({ ownerSlow: async (path) => fail(kind, path) })).toBeNull();
  }
});
