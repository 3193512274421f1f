import { expect, test } from 'vitest';
import { foldLog } from '../../../src/logs/fold.ts';
import { newLogState } from '../../../src/logs/log-state.ts';
import type { FollowedRebuild } from '../../../src/model/rebuild/followed.ts';
import type { Build, Rebuild } from '../../../src/model/rebuild/rebuild.ts';
import { newestMoments } from '../../../src/modes/replay/moments.ts';
import { eventsOf, logBytes } from '../../support/logs.ts';
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

test('a large rebuild counts by the names in what changed; what is shared is there once', () => {
  const state = foldLog(newLogState('one'), eventsOf(logBytes('nix-2.34/nixbuild-many')), 1000);
  const [rebuild] = state.rebuilds as [Rebuild];
  const finished = new Map(
    Array.from({ length: 9000 }, (_, i) => [`${i}`, rebuild.finished.values().next().value as Build]),
  );
  const momentsWith = (of: () => Rebuild['finished']) =>
    Array.from({ length: 200 }, () => {
      const one = { ...rebuild, finished: of() };
      const followed: FollowedRebuild = {
        ...{
          id: 'stdin stream',
          stream: 'stdin',
          endedUnsaid: 0,
          origin: { kind: 'stdin' },
          rebuild: one,
          client: null,
          over: false,
        },
        ...{ problem: null, lostBytes: 0, early: false, estimate: null, command: null, failures: [] },
      };
      return { derived: { model: { ...busy, builds: busy.builds, rebuilds: [followed] } } };
    });
  expect(newestMoments(momentsWith(() => finished))).toHaveLength(60);
  // 9000 / 12 = 750 a moment.
  expect(newestMoments(momentsWith(() => new Map(finished)))).toHaveLength(56);
});
