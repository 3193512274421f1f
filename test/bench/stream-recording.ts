/** What the stream of a rebuild adds to a recording: an hour's size, the main thread's time, the time of a jump. */
import { join } from 'node:path';
import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import { trackPointOf } from '../../src/model/past/track.ts';
import type { Sample } from '../../src/model/sample.ts';
import { createCursor } from '../../src/modes/replay/cursor.ts';
import type { RecordingFiles } from '../../src/platform/ports.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { streamsAround } from '../../src/record/recorded-logs.ts';
import { createRecorder } from '../../src/record/recorder.ts';
import { busyMachine } from '../record/busy-machine.ts';
import { withStream } from '../support/followed-recording.ts';
import { largeRebuild, type TimedRebuild, timedRebuild } from '../support/timed-rebuild.ts';

export interface StreamRow {
  readonly name: string;
  readonly bytesPerHour: number;
  readonly streamBytesPerMinute: number;
  /** `recorder.sample`: of all together per sample, and the longest. */
  readonly sampleMs: number;
  readonly longestMs: number;
  readonly jumpMs: readonly number[];
}

const startMs = Date.UTC(2026, 10, 20);
const rebuilds: readonly (readonly [string, TimedRebuild | null])[] = [
  ['without a stream', null],
  ['a rebuild of 60, 200 fetched', { ...largeRebuild, builds: 60, fetches: 200, longestSec: 900 }],
  ['a rebuild of 5,000', largeRebuild],
  ['the same, its builds ten times as talkative', { ...largeRebuild, linesPerSec: 80 }],
];

export async function measureStreams(
  files: RecordingFiles,
  scratch: string,
  minutes: number,
): Promise<readonly StreamRow[]> {
  const rows: StreamRow[] = [];
  for (const [index, [name, rebuild]] of rebuilds.entries()) {
    rows.push(await measure(files, join(scratch, `stream-${index}`), minutes, name, rebuild));
  }
  return rows;
}

async function measure(
  files: RecordingFiles,
  directory: string,
  minutes: number,
  name: string,
  rebuild: TimedRebuild | null,
): Promise<StreamRow> {
  let nowMs = startMs;
  const clock = { now: () => nowMs, monotonic: () => nowMs - startMs, after: () => () => {} };
  const limits = { queueBytes: 2 ** 30, queueItems: 1_000_000, syncMs: 60_000 };
  const header = { writer: 'bench', hostName: 'bench' };
  const recorder = createRecorder({ files, clock, directory, header, pid: process.pid, limits });
  let streamBytes = 0;
  const pieces =
    rebuild === null ? null : counted(timedRebuild(1, rebuild), (bytes) => (streamBytes += bytes));
  const machine = takeFor(busyMachine(1, startMs), minutes * 120);
  let derived: DerivedSample | null = null;
  let [sampleMs, longestMs, samples] = [0, 0, 0];
  for (const sample of pieces === null ? machine : withStream(machine, pieces)) {
    nowMs = sample.timeMs;
    const before = derived;
    derived = deriveSample(sample, before);
    const point = trackPointOf(derived.model);
    const { status } = recorder;
    const around = streamsAround(before, derived);
    const beginMs = performance.now();
    recorder.sample(sample, point, around);
    const tookMs = performance.now() - beginMs;
    sampleMs += tookMs;
    // The first ones are read by the interpreter.
    if (samples > 200) longestMs = Math.max(longestMs, tookMs);
    samples += 1;
    while (recorder.status === status) await new Promise((resolve) => setImmediate(resolve));
  }
  await recorder.close();
  return {
    name,
    bytesPerHour: (recorder.status.writtenBytes / minutes) * 60,
    streamBytesPerMinute: streamBytes / minutes,
    sampleMs: sampleMs / samples,
    longestMs,
    jumpMs: await jumps(files, directory, minutes),
  };
}

function* takeFor(samples: Iterator<Sample>, count: number): Generator<Sample> {
  for (let i = 0; i < count; i++) yield samples.next().value;
}

function* counted(pieces: Iterator<Uint8Array>, count: (bytes: number) => void): Generator<Uint8Array> {
  for (;;) {
    const { value } = pieces.next();
    count(value.length);
    yield value;
  }
}

/** From the key to the Model of that time, each alone. */
async function jumps(files: RecordingFiles, directory: string, minutes: number): Promise<number[]> {
  const opened = await openRecording(files, directory);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const recording = opened.value;
  const all: number[] = [];
  for (let minute = 2.9; minute < minutes; minute += 1) {
    const cursor = createCursor({ recording, rest: async () => {}, onMoved() {}, onGrown() {} });
    const beginMs = performance.now();
    const position = await cursor.find(startMs + minute * 60_000);
    if (position !== null) await cursor.goTo(position, false);
    all.push(performance.now() - beginMs);
  }
  if (recording.damage.length > 0) throw new Error(JSON.stringify(recording.damage[0]));
  return all.toSorted((a, b) => a - b);
}
