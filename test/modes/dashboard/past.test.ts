/** What was recorded before the start comes into the charts: once, and only where there is something. */
import { expect, test, vi } from 'vitest';
import { fail, ok } from '../../../src/base/problem.ts';
import { ringPoints, type TrackRing } from '../../../src/model/past/track-rings.ts';
import type { Sample } from '../../../src/model/sample.ts';
import { createPast } from '../../../src/modes/dashboard/past.ts';
import type { RecordedChunk, Recording } from '../../../src/record/recording.ts';
import { createDashboardStore } from '../../../src/state/create.ts';
import { pressureRaw, psi } from '../../model/machine/machine-samples.ts';
import { chunksOf } from '../../support/fake-recording.ts';
import { busy } from '../../support/model-fixture.ts';
import { recordedFromMs, recordedSamples } from '../../support/recorded-machine.ts';

const terminal = { columns: 80, rows: 24, unicode: true, color: true };
const clock = {
  after(_: number, call: () => void) {
    setImmediate(call);
    return () => {};
  },
};
const where = { files: {} as never, directory: '/recordings' };

function recordingOf(...minutesAgo: number[]): Recording {
  const chunks = minutesAgo.map((minutes) => {
    const fromMs = busy.timeMs - minutes * 60_000;
    const point = { fromMs, toMs: fromMs + 59_000, max: { ioFullPercent: minutes }, builds: [] };
    return { writer: 'one', point, load: vi.fn(async () => []) };
  });
  return { chunks } as unknown as Recording;
}

test('older chunks come before our own first sample; asked again, nothing is read', async () => {
  const store = createDashboardStore({ model: busy, terminal });
  const recording = recordingOf(50, 49, 2);
  const open = vi.fn(async () => ok(recording));
  const lookBack = createPast(store, where, clock, open);
  await Promise.all([lookBack(), lookBack()]);
  await lookBack();
  expect(open).toHaveBeenCalledTimes(1);
  const [, hour] = store.getState().track.rings;
  const points = hour === undefined ? [] : ringPoints(hour);
  expect(points.map(({ max }) => max.ioFullPercent).slice(0, 3)).toEqual([50, 49, 2]);
  expect(points.at(-1)?.toMs).toBe(busy.timeMs);
});

test('without a recording, or with one that cannot be read, the charts begin with the start', async () => {
  const store = createDashboardStore({ model: busy, terminal });
  const before = store.getState();
  await createPast(store, undefined, clock)();
  await createPast(store, where, clock, async () => fail('gone', '/recordings'))();
  expect(store.getState()).toBe(before);
});

test('the last minutes come sample by sample: a spike of one does not fill its minute', async () => {
  const startMs = busy.timeMs - 601_000;
  const samples = recordedSamples(600).map((sample): Sample => {
    const second = (sample.timeMs - recordedFromMs) / 1000;
    const raw = pressureRaw({ io: psi(second >= 500 ? 400_000 : 0) });
    return {
      ...sample,
      timeMs: startMs + second * 1000,
      pressure: { atMs: sample.monotonicMs, ...ok(raw) },
    };
  });
  const chunks = chunksOf(samples, 120).map((chunk) => ({
    ...chunk,
    load: vi.fn(chunk.load),
    point: { ...chunk.point, max: { ioSomePercent: 80 } },
  }));
  const store = createDashboardStore({ model: busy, terminal });
  const recording = { chunks, close: async () => {} } as unknown as Recording;
  await createPast(store, where, clock, async () => ok(recording))();
  const [finest] = store.getState().track.rings;
  const spikes = ringPoints(finest as TrackRing).filter(({ max }) => max.ioSomePercent === 80);
  expect(spikes.map(({ fromMs }) => (fromMs - startMs) / 1000)).toEqual([500]);
  // What is older than the shortest range is not read.
  expect(chunks.map(({ load }) => load.mock.calls.length)).toEqual([0, 0, 0, 1, 1, 1, 1, 1, 1, 1]);
});

test('a chunk that cannot be read is told by its summary', async () => {
  const store = createDashboardStore({ model: busy, terminal });
  const recording = recordingOf(2);
  vi.mocked((recording.chunks[0] as RecordedChunk).load).mockRejectedValueOnce(new Error('gone'));
  await createPast(store, where, clock, async () => ok(recording))();
  const [finest] = store.getState().track.rings;
  expect(ringPoints(finest as TrackRing)[0]?.max.ioFullPercent).toBe(2);
});
