/** The summary of a short recording, made finer in the background. */
import { expect, test } from 'vitest';
import type { TrackPoint } from '../../../src/model/past/track.ts';
import { createSummary } from '../../../src/modes/replay/summary.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { chunksOf, createFakeRecording } from '../../support/fake-recording.ts';
import { recordedSamples } from '../../support/recorded-machine.ts';

test('a chunk that cannot be read or derived from keeps its own point, the others get finer', async () => {
  const [one, two, three] = chunksOf(recordedSamples(90), 30);
  if (!one || !two || !three) throw new Error('three chunks are needed');
  const strange = recordedSamples(1).map((sample) => ({
    ...sample,
    pressure: { atMs: 0, ok: true, value: null } as never,
  }));
  const recording = createFakeRecording([
    { ...one, load: async () => strange },
    {
      ...two,
      load: async () => {
        throw new Error('gone');
      },
    },
    three,
  ]);
  const clock = createFakeClock();
  let points: readonly TrackPoint[] = [];
  const summary = createSummary({ recording, clock, onPoints: (found) => (points = found) });
  summary.refine();
  for (let turn = 0; turn < 20; turn += 1) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(0);
  }
  expect(points.slice(0, 2)).toEqual([one.point, two.point]);
  expect(points.length).toBeGreaterThan(10);
  summary.close();
});
