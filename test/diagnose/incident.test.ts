/** The recorded freeze that the demo shows: a linker takes all memory. Rules, written later, say so, and nothing else. */
import { expect, it } from 'vitest';
import type { Model } from '../../src/model/model.ts';
import { momentsFrom } from '../../src/modes/replay/moments.ts';
import { createRecordedSamples } from '../../src/modes/replay/recorded-samples.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { demoFile } from '../support/recorded-screen.tsx';

async function* models(): AsyncGenerator<Model> {
  const opened = await openRecording(createRecordingFiles(), demoFile);
  if (!opened.ok) throw new Error(opened.problem.kind);
  const samples = createRecordedSamples(opened.value);
  const last = await samples.find('end');
  if (last === null) throw new Error('an empty recording');
  const first = await samples.back(last, 3_600_000);
  for await (const { derived } of momentsFrom(samples, first)) yield derived.model;
}

const isShort = ({ memory, shortages }: Model) =>
  (memory.availableBytes ?? 0) <= 0.1 * (memory.totalBytes ?? 0) ||
  shortages.some(({ resource, cause }) => resource === 'memory' && cause.kind === 'pressure');

it('names the linker within five seconds of memory being short, and no other build', {
  timeout: 60_000,
}, async () => {
  let shortMs: number | null = null;
  let foundMs: number | null = null;
  let early = 0;
  const blamed = new Set<string>();
  for await (const model of models()) {
    if (isShort(model)) shortMs ??= model.monotonicMs;
    const alarms = model.findings.filter(({ level }) => level !== 'ok');
    if (shortMs === null) early += alarms.length;
    for (const { found } of alarms) {
      if (found.kind !== 'build-leak') continue;
      foundMs ??= model.monotonicMs;
      blamed.add(found.build);
    }
  }
  expect(early).toBe(0);
  expect([...blamed]).toEqual(['webkitgtk-2.46.1']);
  expect((foundMs ?? Number.NaN) - (shortMs ?? Number.NaN)).toBeLessThanOrEqual(5000);
});
