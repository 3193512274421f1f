/** Guards in recordings: a replay has what they said and did; what is none is dropped, and all the rest stays. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DerivedSample } from '../../src/diagnose/derive-sample.ts';
import type { GuardSeen } from '../../src/model/guard/guard-seen.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { deriveRecorded } from '../../src/record/derive-recorded.ts';
import { guardAct } from '../support/guard-status.ts';
import { armedGuard } from '../support/model-fixture.ts';
import { writeRecording } from '../support/write-recording.ts';
import { readWhole } from './segments.ts';

const startMs = 1e12;
const at = (second: number, guards?: unknown): Sample =>
  ({
    ...{ version: 1, timeMs: startMs + second * 1000, monotonicMs: second * 1000 },
    ...(guards === undefined ? {} : { guards: { ok: true, atMs: second * 1000, value: guards } }),
  }) as Sample;

function derived(samples: readonly Sample[]) {
  let last: DerivedSample | null = null;
  return samples.map((sample) => {
    last = deriveRecorded(sample, last);
    return last.model;
  });
}

test('written, read and derived they are the same', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-guards-'));
  try {
    const guard: GuardSeen = { ...armedGuard, atMs: startMs };
    const acted = {
      ...guard,
      atMs: startMs + 3000,
      acts: [...guard.acts, guardAct({ atMs: startMs + 2500 })],
    };
    await writeRecording(directory, [at(1, [guard]), at(2), at(3, [acted]), at(4), at(5, [])]);
    const models = derived((await readWhole(createRecordingFiles(), directory)).samples);
    expect(models.map(({ guards }) => guards)).toEqual([[guard], [guard], [acted], [acted], []]);
    expect(models.map(({ events }) => events.length)).toEqual([0, 0, 1, 1, 1]);
    expect(models[2]?.events).toMatchObject([{ kind: 'guard', action: 'pause', timeMs: startMs + 2500 }]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test.each([
  ['no list', 'x', []],
  ['nothing in it', [null, 7, {}], []],
  ['one that is none beside one that is', [{ ...armedGuard, readings: 'x' }, armedGuard], [armedGuard]],
  [
    'a reading that is none',
    [{ ...armedGuard, readings: [{ rule: 'memory' }] }],
    [{ ...armedGuard, readings: [] }],
  ],
])('%s', (_, value, expected) => {
  const [model] = derived([at(1, value)]);
  expect(model?.guards).toEqual(expected);
  expect(model?.timeMs).toBe(startMs + 1000);
});
