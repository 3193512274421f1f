/** Samples with streams recorded as the watcher records them, and what was seen meanwhile. */

import { type DerivedSample, deriveSample } from '../../src/diagnose/derive-sample.ts';
import { createStreamBuffer } from '../../src/followers/stream-buffer.ts';
import type { Model } from '../../src/model/model.ts';
import { trackPointOf } from '../../src/model/past/track.ts';
import type { DerivationRaw } from '../../src/model/rebuild/derivation.ts';
import type { FollowedRebuild } from '../../src/model/rebuild/followed.ts';
import type { Build, Hook } from '../../src/model/rebuild/rebuild.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { RecorderLimits } from '../../src/record/limits.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import { streamsAround } from '../../src/record/recorded-logs.ts';
import { createRecorder } from '../../src/record/recorder.ts';
import type { Recording } from '../../src/record/recording.ts';
import { createFakeClock } from './fake-clock.ts';
import { createFakeRecordingFiles, type FakeRecordingFiles } from './fake-recording-files.ts';

export const directory = '/state/recordings';

export interface Recorded {
  readonly files: FakeRecordingFiles;
  readonly recording: Recording;
  /** Of each Sample, as it was live. */
  readonly live: readonly Model[];
}

/** Nothing is dropped, however fast it comes. */
const all: Partial<RecorderLimits> = { queueBytes: 2 ** 30, queueItems: 1_000_000 };

export async function recordLive(
  samples: Iterable<Sample>,
  limits: Partial<RecorderLimits> = all,
  disk: (files: FakeRecordingFiles, index: number) => 'is waited for' | 'has no turn' = () => 'has no turn',
): Promise<Recorded> {
  const clock = createFakeClock({ now: 0, monotonic: 0 });
  const files = createFakeRecordingFiles(clock.now);
  const header = { writer: '1', hostName: 'box' };
  const recorder = createRecorder({ files, clock, directory, header, pid: 7, limits });
  const live: Model[] = [];
  let derived: DerivedSample | null = null;
  for (const sample of samples) {
    const before = derived;
    derived = deriveSample(sample, before);
    live.push(derived.model);
    clock.advance(Math.max(0, sample.monotonicMs - clock.monotonic()));
    const turn = disk(files, live.length - 1);
    const { status } = recorder;
    recorder.sample(sample, trackPointOf(derived.model), streamsAround(before, derived));
    while (turn === 'is waited for' && recorder.status === status)
      await new Promise((resolve) => setImmediate(resolve));
  }
  await recorder.close();
  const opened = await openRecording(files, directory);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  return { files, recording: opened.value, live };
}

/** Adds to each Sample that reads the processes what a stream brought since the one before, a piece each. */
export function* withStream(
  samples: Iterable<Sample>,
  pieces: Iterator<Uint8Array>,
  { id = 'stdin', ends = false, facts = {} as Readonly<Record<number, readonly DerivationRaw[]>> } = {},
): Generator<Sample> {
  const buffer = createStreamBuffer({ id, origin: { kind: 'stdin' }, writers: 'one' });
  let tick = 0;
  for (const sample of samples) {
    if (sample.forest === undefined) {
      yield sample;
      continue;
    }
    const { value, done } = pieces.next();
    if (done !== true) buffer.push(value);
    else if (ends) buffer.end(1);
    const taken = buffer.take();
    const derivations = facts[tick];
    tick += 1;
    const logs = { streams: taken === null ? [] : [taken], ...(derivations && { derivations }) };
    const isNew = taken !== null || derivations !== undefined;
    yield isNew ? { ...sample, logs: { ok: true, value: logs, atMs: sample.monotonicMs } } : sample;
  }
}

/** So many pieces, as even as can be. */
export function* inPieces(bytes: Uint8Array, count: number): Generator<Uint8Array> {
  for (let i = 0; i < count; i++) {
    const from = Math.floor((bytes.length * i) / count);
    yield bytes.subarray(from, Math.floor((bytes.length * (i + 1)) / count));
  }
}

export interface Compared {
  readonly rebuilds: readonly FollowedRebuild[];
  /** Last lines, of whatever has some. */
  readonly tails: ReadonlyMap<string, readonly string[]>;
}

/** What is the same live and replayed, and last lines, of which a recording has fewer. */
export function apart(rebuilds: readonly FollowedRebuild[]): Compared {
  const tails = new Map<string, readonly string[]>();
  const withoutTails = <T extends Build | Hook>(id: string, ones: ReadonlyMap<string, T>) => {
    return new Map(
      Array.from(ones, ([key, one]) => {
        tails.set(`${id} ${key}`, one.tail);
        return [key, { ...one, tail: [] }];
      }),
    );
  };
  const bare = rebuilds.map((one): FollowedRebuild => {
    const { id, rebuild } = one;
    tails.set(`${id} output`, rebuild.output);
    const failures = one.failures.map((failure, i) => {
      tails.set(`${id} failure ${i}`, failure.lines);
      return { ...failure, lines: [] };
    });
    return {
      ...one,
      failures,
      rebuild: {
        ...rebuild,
        running: withoutTails(id, rebuild.running),
        failed: withoutTails(id, rebuild.failed),
        finished: withoutTails(id, rebuild.finished),
        hooks: withoutTails(id, rebuild.hooks),
        output: [],
      },
    };
  });
  return { rebuilds: bare, tails };
}
