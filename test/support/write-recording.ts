/** A real recording on a real disk, written by the recorder itself. */
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import { trackPointOf } from '../../src/model/past/track.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createRecordingFiles } from '../../src/platform/recording-files.ts';
import { type StreamsAround, streamsAround } from '../../src/record/recorded-logs.ts';
import { createRecorder } from '../../src/record/recorder.ts';
import { createFakeClock } from './fake-clock.ts';

/** `aroundOf`: streams as they were where samples are left out. */
export async function writeRecording(
  directory: string,
  samples: readonly Sample[],
  events: readonly RecordedEvent[] = [],
  header = { writer: '0.0.0', hostName: 'box' },
  aroundOf?: ReadonlyMap<Sample, StreamsAround>,
): Promise<void> {
  const [first] = samples;
  const clock = createFakeClock({ ...(first && { now: first.timeMs, monotonic: first.monotonicMs }) });
  const recorder = createRecorder({
    files: createRecordingFiles(),
    clock,
    directory,
    header,
    pid: 77,
    // Nothing is to be dropped, however fast it comes.
    limits: { queueBytes: 2 ** 30, queueItems: 1_000_000, ageMs: Number.POSITIVE_INFINITY },
  });
  for (const event of events) recorder.event(event);
  let derived: DerivedSample | null = null;
  for (const sample of samples) {
    const around = aroundOf?.get(sample);
    const before = derived;
    derived = deriveSample(sample, before, around?.before);
    clock.advance(Math.max(0, sample.monotonicMs - clock.monotonic()));
    recorder.sample(sample, trackPointOf(derived.model), around ?? streamsAround(before, derived));
  }
  await recorder.close();
}
