/** What is cut out of the demo's recording costs its streams nothing. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { cutQuiet } from '../../scripts/demo/cut.ts';
import { steps } from '../../scripts/demo/story.ts';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import type { Model } from '../../src/model/model.ts';
import { modelsOf } from '../../src/modes/replay/moments.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { apart, withStream } from '../support/followed-recording.ts';
import { noteAt, recordedFromMs, recordedSamples } from '../support/recorded-machine.ts';
import { timedRebuild } from '../support/timed-rebuild.ts';
import { writeRecording } from '../support/write-recording.ts';

it('after a gap, and from there on, rebuilds are as they were', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'nixpulse-cut-'));
  try {
    const rebuild = { builds: 120, fetches: 10, jobs: 5, linesPerSec: 2, longestSec: 12 };
    const samples = [...withStream(recordedSamples(240), timedRebuild(3, rebuild))];
    const live = new Map<number, Model>();
    let derived: DerivedSample | null = null;
    for (const sample of samples) {
      derived = deriveSample(sample, derived);
      live.set(sample.timeMs, derived.model);
    }
    const captions = steps.flatMap(({ caption }) => caption ?? []);
    const notes = [5, 100, 220].map((second, i) => noteAt(second, captions[i] ?? ''));
    await writeRecording(join(directory, 'whole'), samples, notes);
    const [name = ''] = readdirSync(join(directory, 'whole'));
    const target = join(directory, 'cut.nixpulse');
    await cutQuiet(join(directory, 'whole', name), target);
    const opened = await openRecording(createRecordingFiles(), target);
    if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
    const times: number[] = [];
    for (const from of [null, recordedFromMs + 150_000]) {
      for await (const { timeMs, rebuilds } of modelsOf(opened.value, from)) {
        times.push(timeMs);
        expect(apart(rebuilds).rebuilds).toEqual(apart(live.get(timeMs)?.rebuilds ?? []).rebuilds);
      }
    }
    expect(times.length).toBeGreaterThan(50);
    expect(new Set(times).size).toBeLessThan(samples.length / 2);
  } finally {
    rmSync(directory, { recursive: true });
  }
});
