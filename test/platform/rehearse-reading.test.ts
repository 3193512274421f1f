import { expect, test } from 'vitest';
import { rehearseReading } from '../../src/platform/rehearse-reading.ts';

test('it ends, several at once too, and leaves nothing open', async () => {
  await Promise.all([rehearseReading(), rehearseReading(), rehearseReading()]);
  const open = () => process.getActiveResourcesInfo().filter((name) => /Pipe|Server/.test(name)).length;
  const before = open();
  await rehearseReading();
  await expect.poll(open).toBeLessThanOrEqual(before);
});
