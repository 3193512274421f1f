import { expect, test } from 'vitest';
import { newestMoments } from '../../../src/modes/replay/moments.ts';
import { busy } from '../../support/model-fixture.ts';

/** Each second sample reads the processes anew, as live. */
function momentsOf(count: number, processes: number) {
  let { builds } = busy;
  return Array.from({ length: count }, (_, i) => {
    if (i % 2 === 0) builds = [...builds];
    return { derived: { model: { ...busy, builds, totals: { ...busy.totals, processes } } } };
  });
}

test.each([
  ['a small machine keeps sixty moments', 200, 60],
  ['a builder of a Hydra as many as fit into the memory', 4000, 21],
  ['some in any case', 1_000_000, 3],
])('%s', (_, processes, kept) => {
  const moments = momentsOf(200, processes);
  expect(newestMoments(moments)).toEqual(moments.slice(-kept));
});

test('few are all kept, as they are', () => {
  const moments = momentsOf(2, 1_000_000);
  expect(newestMoments(moments)).toBe(moments);
});
