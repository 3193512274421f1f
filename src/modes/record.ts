/** `nixpulse record`: the recorder without a screen, until a signal ends it. */
import { bytesText } from '../base/bytes.ts';
import { formatDuration } from '../base/duration.ts';
import { lostText } from '../model/past/recorded.ts';
import { compileWhatRunsOften } from '../platform/heap.ts';
import { createRecording, type RecordingOptions } from '../watch/recording.ts';
import { type Survival, survive, unmetRequirement } from '../watch/survive.ts';
import { createWatcher, type WatcherOptions } from '../watch/watcher.ts';
import { type Given, survivalOf } from './mode.ts';
import { followLogs, judgedBy, recordingOf, sourcesOf } from './wiring.ts';

export async function runRecordMode(given: Given): Promise<number> {
  const { invocation, ports, process, complain } = given;
  const { sources, lowDetail, logs } = await sourcesOf(given, { forLong: true });
  followLogs(given, logs);
  compileWhatRunsOften();
  return runRecord({
    ...{ clock: ports.clock, sources, lowDetail, process, say: complain },
    intervalScale: invocation.interval,
    diagnose: await judgedBy(given),
    recording: recordingOf(given),
    survival: survivalOf(given),
  });
}

export interface RecordOptions extends Omit<WatcherOptions, 'createRecording' | 'survival' | 'triggers'> {
  readonly recording: RecordingOptions;
  /** What keeps us alive in a freeze; without it nothing is done for that. */
  readonly survival?: Survival;
  /** Where signals arrive. */
  readonly process: Pick<NodeJS.Process, 'on' | 'off'>;
  readonly say: (line: string) => void;
}

/** 128 + the signal's number, as shells say it. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** By then samples were taken, derived and written: whatever that needs is in memory, and stays. */
const rehearsedMs = 2500;
/** Every source is read within it, and what was recorded is written. */
const tickMs = 1000;

/** Closes the sources. Exit code: 1 where the disk ended it, 3 where `--harden=require` lacks something. */
export async function runRecord(options: RecordOptions): Promise<number> {
  const { clock, process, say, survival } = options;
  const unmet = survival && (await unmetRequirement(survival));
  if (unmet) {
    for (const source of options.sources) source.close();
    say(unmet);
    return 3;
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const handlers = Object.entries(signals).map(([signal, code]) => [signal, () => end(code)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);

  const sinceMs = clock.monotonic();
  let samples = 0;
  const watcher = createWatcher({
    ...options,
    createRecording: (onStopped) => createRecording(clock, { ...options.recording, onStopped }),
  });
  watcher.listen({
    looked() {
      samples += 1;
    },
    recorderStopped: () => end(1),
  });
  watcher.wantAll();
  watcher.look();
  watcher.record();
  say(`recording in ${options.recording.directory}`);
  watcher.begin();
  /** The next tick uses what recording takes: after the start was let go of, it comes back. */
  const rehearse = () => new Promise<void>((resolve) => clock.after(tickMs, resolve));
  const cancelHardening = clock.after(rehearsedMs, () => void survive(survival, rehearse, { forget: true }));

  const code = await ended;
  cancelHardening();
  await watcher.end();
  const missing = await watcher.close();
  for (const [signal, handler] of handlers) process.off(signal, handler);
  const { reason, dropped, droppedEvents, tooLong, tooLongEvents, writtenBytes } = watcher.health.recorder;
  const failure = reason ?? missing;
  if (failure !== null) {
    say(failure);
    return 1;
  }
  const time = formatDuration((clock.monotonic() - sinceMs) / 1000);
  const lost = [
    ...(dropped + droppedEvents > 0
      ? [`${lostText(dropped, droppedEvents)} lost: the disk was too slow`]
      : []),
    ...(tooLong + tooLongEvents > 0 ? [`${lostText(tooLong, tooLongEvents)} left out: too long`] : []),
  ];
  const written = `${samples - dropped - tooLong} samples`;
  say(`recorded ${time}: ${[written, bytesText(writtenBytes), ...lost].join(', ')}`);
  return code;
}
