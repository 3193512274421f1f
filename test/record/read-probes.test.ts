/** Probes of recordings: as they were written, and as somebody writes them who means harm. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutControls } from '../../src/base/text.ts';
import type { DerivedSample } from '../../src/diagnose/derive-sample.ts';
import { probeResultText } from '../../src/format/probe-words.ts';
import { type ProbeResult, type ProbesRaw, probeIds } from '../../src/model/diagnosis/probe.ts';
import { resultOf } from '../../src/model/diagnosis/probes-done.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { deriveRecorded } from '../../src/record/derive-recorded.ts';
import { readProbes } from '../../src/record/read-probes.ts';
import { createRandom } from '../record/random.ts';
import { readWhole } from '../record/segments.ts';
import { everyResult } from '../support/every-probe.ts';
import { writeRecording } from '../support/write-recording.ts';

const failed = {
  ...{ id: 'smart', subject: 'sdb', startedMs: 1, endedMs: 2, ok: false },
  problem: { kind: 'denied', where: '/dev/sdb', cause: 'needs root' },
} as const satisfies ProbeResult;
const raw: ProbesRaw = {
  running: [{ id: 'verify-store', subject: null, startedMs: 7, progress: '12 of 400 paths' }],
  results: [...everyResult, failed],
};

test('every field of every probe is read as it was written', () => {
  expect(everyResult.map(({ id }) => id)).toEqual(probeIds);
  expect(readProbes(structuredClone(raw))).toEqual(raw);
});

test('a recording has them, and a replay derives the same', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-probes-'));
  try {
    const at = (second: number, probes?: ProbesRaw): Sample => ({
      ...{ version: 1, timeMs: 1e12 + second * 1000, monotonicMs: second * 1000 },
      ...(probes && { probes: { ok: true, atMs: second * 1000, value: probes } }),
    });
    await writeRecording(directory, [
      at(1, { running: raw.running, results: [] }),
      at(2),
      at(3, { running: [], results: raw.results }),
      at(4),
    ]);
    const { samples } = await readWhole(createRecordingFiles(), directory);
    let derived: DerivedSample | null = null;
    const seen = samples.map((sample) => {
      derived = deriveRecorded(sample, derived);
      return derived.model.probes;
    });
    expect(seen.map(({ running }) => running.length)).toEqual([1, 1, 0, 0]);
    expect(seen.at(-1)?.results).toEqual(raw.results);
    expect(seen[3] && resultOf(seen[3], 'smart', 'sda')).toMatchObject({ ok: true, value: { pending: 8 } });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

/** One value anywhere in it, exchanged. */
function harmed(value: unknown, random: ReturnType<typeof createRandom>): unknown {
  const nonsense = [7, null, 'x', [], {}, true, Number.NaN, '\u001b[2J', -1, undefined];
  if (typeof value !== 'object' || value === null || random.next() < 0.15) return random.pick(nonsense);
  const copy = structuredClone(value) as Record<string, unknown>;
  const keys = Object.keys(copy);
  const key = random.pick(keys.length > 0 ? keys : ['none']);
  copy[key] = harmed(copy[key], random);
  return copy;
}

test('whatever is exchanged in it, the rest is read, and can be said', () => {
  const random = createRandom(16);
  for (let round = 0; round < 2000; round++) {
    const probes = { ok: true, atMs: 1, value: harmed(raw, random) };
    const sample = { version: 1, timeMs: 1, monotonicMs: 1, probes } as unknown as Sample;
    const { model } = deriveRecorded(sample, null);
    const { results, running } = model.probes;
    expect(results.length + running.length).toBeLessThanOrEqual(raw.results.length + 1);
    for (const result of results) {
      const text = probeResultText(result);
      expect(withoutControls(text)).toBe(text);
    }
    expect(model.problems).toEqual([]);
  }
});

test.each([7, null, 'probes', [], {}, { running: [] }, { running: 7, results: [] }])(
  '%o is none',
  (value) => {
    expect(readProbes(value)).toBeUndefined();
  },
);
