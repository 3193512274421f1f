/** What was recorded before the start comes into the charts: once, and only where there is something. */
import { expect, test, vi } from 'vitest';
import { createPast } from '../../src/app/past.ts';
import { fail, ok } from '../../src/model/problem.ts';
import { ringPoints } from '../../src/model/track-rings.ts';
import type { Recording } from '../../src/record/recording.ts';
import { createDashboardStore } from '../../src/store/create.ts';
import { busy } from '../support/model-fixture.ts';

const terminal = { columns: 80, rows: 24, unicode: true, color: true };
const where = { files: {} as never, directory: '/recordings' };

function recordingOf(...minutesAgo: number[]): Recording {
  const chunks = minutesAgo.map((minutes) => {
    const fromMs = busy.timeMs - minutes * 60_000;
    return { point: { fromMs, toMs: fromMs + 59_000, max: { ioFullPercent: minutes }, builds: [] } };
  });
  return { chunks } as unknown as Recording;
}

test('older chunks come before our own first sample; asked again, nothing is read', async () => {
  const store = createDashboardStore({ model: busy, terminal });
  const recording = recordingOf(50, 49, 2);
  const open = vi.fn(async () => ok(recording));
  const lookBack = createPast(store, where, open);
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
  await createPast(store, undefined)();
  await createPast(store, where, async () => fail('gone', '/recordings'))();
  expect(store.getState()).toBe(before);
});
