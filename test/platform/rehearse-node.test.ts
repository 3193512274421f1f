import { expect, test } from 'vitest';
import { rehearseCompiling, rehearseReading } from '../../src/platform/rehearse-node.ts';

test('a text compiles, as often as it is asked', () => {
  expect(() => {
    rehearseCompiling();
    rehearseCompiling();
  }).not.toThrow();
});

test('a reading ends, several at once too, and leaves nothing open', async () => {
  await Promise.all([rehearseReading(), rehearseReading(), rehearseReading()]);
  const open = () => process.getActiveResourcesInfo().filter((name) => /Pipe|Server/.test(name)).length;
  const before = open();
  await rehearseReading();
  await expect.poll(open).toBeLessThanOrEqual(before);
});
