/**
 * Leaves out of a recording what nobody has to wait for: between two things that are told, all but the first and last
 * seconds. Samples and times stay as they are; a replay passes over the gap and says so. By itself:
 * `node scripts/demo/cut.ts FROM TO`.
 */

import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import manifest from '../../package.json' with { type: 'json' };
import type { DerivedSample } from '../../src/diagnose/derive-sample.ts';
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { deriveRecorded } from '../../src/record/derive-recorded.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { type StreamsAround, streamsAround } from '../../src/record/recorded-logs.ts';
import { newAlerts } from '../../src/watch/recording.ts';
import { writeRecording } from '../../test/support/write-recording.ts';
import { hostName } from './machine.ts';
import { steps } from './story.ts';

/** As long as it takes to read what was told, and to see what is told next begin. */
const keptAfterMs = 6000;
const keptBeforeMs = 3000;
/** A replay passes over gaps that are longer than this. */
const leastGapMs = 12_000;

export async function cutQuiet(from: string, to: string): Promise<void> {
  const opened = await openRecording(createRecordingFiles(), from);
  if (!opened.ok) throw new Error(`${from}: ${opened.problem.kind}`);
  const samples: Sample[] = [];
  const alerts: RecordedEvent[] = [];
  let before: DerivedSample | null = null;
  /** A stream's events are lost with what is cut; where it goes on, the recorder knows what they led to. */
  const aroundOf = new Map<Sample, StreamsAround>();
  for (const chunk of opened.value.chunks) {
    for (const recorded of await chunk.load()) {
      const sample = asTaken(recorded);
      const derived: DerivedSample = deriveRecorded(recorded, before);
      aroundOf.set(sample, streamsAround(before, derived));
      alerts.push(...newAlerts(derived.model.events, before?.model.events ?? []));
      before = derived;
      samples.push(sample);
    }
  }
  const captions = new Set(steps.map(({ caption }) => caption));
  const told = opened.value.events.filter(
    (event) => event.kind === 'action' || (event.kind === 'note' && captions.has(event.text)),
  );
  const isKept = keptTimes(told.map(({ timeMs }) => timeMs));
  const events = [...alerts.filter(({ timeMs }) => isKept(timeMs)), ...told];
  const directory = mkdtempSync(join(dirname(to), '.cut-'));
  try {
    await writeRecording(
      directory,
      keptSamples(samples, isKept),
      events.sort((a, b) => a.timeMs - b.timeMs),
      { writer: manifest.version, hostName },
      aroundOf,
    );
    const [name = '', ...others] = readdirSync(directory);
    if (others.length > 0) throw new Error(`not one recording in ${directory}`);
    renameSync(join(directory, name), to);
    chmodSync(to, 0o644);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** Without what is there to enter a recording: the chunks will begin elsewhere. */
function asTaken(sample: Sample): Sample {
  if (!sample.logs?.ok) return sample;
  const { before: _, facts: __, evidence: ___, ...value } = sample.logs.value;
  const streams = value.streams.map(({ checkpoint: ____, ...stream }) => stream);
  return { ...sample, logs: { ...sample.logs, value: { ...value, streams } } };
}

/** After a gap it goes on with a sample that brings everything anew: half an old picture would be a lie. */
function keptSamples(samples: readonly Sample[], isKept: (timeMs: number) => boolean): readonly Sample[] {
  let goesOn = true;
  return samples.filter((sample) => {
    goesOn =
      isKept(sample.timeMs) && (goesOn || (sample.forest !== undefined && sample.memory !== undefined));
    return goesOn;
  });
}

function keptTimes(told: readonly number[]): (timeMs: number) => boolean {
  const gaps = told.flatMap((timeMs, index) => {
    const fromMs = timeMs + keptAfterMs;
    const toMs = (told[index + 1] ?? 0) - keptBeforeMs;
    return toMs - fromMs >= leastGapMs ? [{ fromMs, toMs }] : [];
  });
  return (timeMs) => !gaps.some(({ fromMs, toMs }) => timeMs > fromMs && timeMs < toMs);
}

const [, script, from, to] = process.argv;
if (script === fileURLToPath(import.meta.url)) {
  if (from === undefined || to === undefined) throw new Error('from where to where?');
  await cutQuiet(from, to);
}
