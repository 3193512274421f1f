/** What a refresh costs on the wire: frames of the real screen through the frame writer. */
import { expect, test } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { applyModel } from '../../src/state/apply-model.ts';
import { drawScreen } from '../support/drawn-screen.tsx';
import { busy } from '../support/model-fixture.ts';

/** A second later: every time, and of every build CPU, memory and I/O, are other numbers. */
function later(model: Model, seconds: number): Model {
  const drift = (value: number | null, by: number) => (value === null ? null : value + by * seconds);
  return {
    ...model,
    timeMs: model.timeMs + seconds * 1000,
    monotonicMs: model.monotonicMs + seconds * 1000,
    clients: model.clients.map((client) => ({ ...client, ageSec: drift(client.ageSec, 1) })),
    builds: model.builds.map((build, index) => ({
      ...build,
      ageSec: drift(build.ageSec, 1),
      cpuPercent: drift(build.cpuPercent, 7 + index),
      residentBytes: drift(build.residentBytes, 3 * 2 ** 20),
      readBytesPerSec: drift(build.readBytesPerSec, 40_000),
      writeBytesPerSec: drift(build.writeBytesPerSec, 90_000),
    })),
    readAtMs: { ...model.readAtMs, pressure: seconds },
  };
}

test.each([
  [120, 40, 600],
  [80, 24, 500],
  [60, 12, 300],
])('at %ix%i a refresh in which every number moves stays below %i bytes', async (columns, rows, limit) => {
  const screen = await drawScreen(busy, { columns, rows });
  const whole = screen.written.bytes;
  expect(whole).toBeGreaterThan(500);
  for (let tick = 1; tick <= 5; tick += 1) {
    await screen.change((state) => applyModel(state, later(busy, tick)));
  }
  screen.close();
  expect(screen.written.frames).toBe(6);
  expect((screen.written.bytes - whole) / 5).toBeLessThan(limit);
});
