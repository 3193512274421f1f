import { expect, test } from 'vitest';
import { probeIds } from '../../src/model/diagnosis/probe.ts';
import { probeLoaders } from '../../src/probes/load-probe.ts';

test('every probe has its file', async () => {
  const loaded = new Set<unknown>();
  for (const id of probeIds) {
    const probe = await probeLoaders[id]();
    expect(probe, id).toBeTypeOf('function');
    loaded.add(probe);
  }
  expect(loaded.size).toBe(probeIds.length);
});
