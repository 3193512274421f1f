/** `nixpulse record`: the recorder without a screen, until a signal ends it. */
import { bytesText } from '../base/bytes.ts';
import { formatDuration } from '../base/duration.ts';
import { lostText, type RecorderStatus } from '../model/past/recorded.ts';
import { compileWhatRunsOften } from '../platform/heap.ts';
import { createPressureTriggers } from '../platform/pressure-triggers.ts';
import type { Settings } from '../settings/settings.ts';
import { createRecording, type RecordingOptions } from '../watch/recording.ts';
import { createWatcher, type Watcher, type WatcherOptions } from '../watch/watcher.ts';
import { prepareGuard, refuse } from './guard/prepare-guard.ts';
import { type HeadlessGuard, type HeadlessOptions, runHeadless } from './headless.ts';
import { type Given, survivalOf } from './mode.ts';
import { undoLeftBehind } from './undo-left-behind.ts';
import { followLogs, judgedSoon, readAgain, recordingOf, sourcesOf } from './wiring.ts';

export async function runRecordMode(given: Given): Promise<number> {
  const { invocation, ports, process, complain } = given;
  const set = await sourcesOf(given, { forLong: true });
  const { sources, lowDetail, logs, readForest } = set;
  const judged = judgedSoon(given);
  let watching: Watcher | null = null;
  const use = (settings: Settings) => {
    judged.use(settings);
    watching?.rescale(judged.intervalScale);
  };
  const guard = invocation.guard ? await prepareGuard(given, set, use) : null;
  if (guard?.ok === false) return refuse(given, guard, sources);
  if (guard === null) for (const line of (await judged.read()).complaints) complain(line);
  followLogs(given, logs);
  compileWhatRunsOften();
  return runRecord({
    ...{ clock: ports.clock, sources, lowDetail, process, say: complain },
    intervalScale: judged.intervalScale,
    diagnose: judged.diagnose,
    recording: recordingOf(given),
    survival: survivalOf(given),
    // A guard does it by itself.
    ...(guard === null && { undo: () => void undoLeftBehind(given, readForest) }),
    created(watcher) {
      watching = watcher;
    },
    ...(guard === null && { reload: (watcher: Watcher) => void readAgain(judged, watcher, complain) }),
    ...(guard !== null && { guard: guard.begin, triggers: createPressureTriggers() }),
  });
}

export interface RecordOptions extends Omit<WatcherOptions, 'createRecording' | 'survival'>, HeadlessOptions {
  readonly recording: RecordingOptions;
  /** Guards in the same process. */
  readonly guard?: (watcher: Watcher) => HeadlessGuard;
  readonly created?: (watcher: Watcher) => void;
  /** SIGHUP, where nobody guards. */
  readonly reload?: (watcher: Watcher) => void;
  /** After the first look. */
  readonly undo?: () => void;
}

/** Closes the sources. Exit code: 1 where the disk ended it, 3 where `--harden=require` lacks something. */
export function runRecord(options: RecordOptions): Promise<number> {
  const { clock, say } = options;
  return runHeadless(options, () => {
    const sinceMs = clock.monotonic();
    let samples = 0;
    const watcher = createWatcher({
      ...options,
      createRecording: (onStopped) => createRecording(clock, { ...options.recording, onStopped }),
    });
    options.created?.(watcher);
    const { reload } = options;
    return {
      watcher,
      ...(reload && { reload: () => reload(watcher) }),
      guard: options.guard?.(watcher),
      recorderStopped(reason) {
        // Who guards is needed most when a disk is full.
        if (options.guard === undefined) return 1;
        say(reason);
        return null;
      },
      looked() {
        samples += 1;
      },
      begun() {
        watcher.record();
        options.undo?.();
        say(`recording in ${options.recording.directory}`);
      },
      async ended(code) {
        const missing = await watcher.close();
        const { reason } = watcher.health.recorder;
        const failure = reason ?? missing;
        if (failure !== null) {
          say(failure);
          return 1;
        }
        say(recordedText(watcher.health.recorder, samples, clock.monotonic() - sinceMs));
        return code;
      },
    };
  });
}

function recordedText(recorder: RecorderStatus, samples: number, tookMs: number): string {
  const { dropped, droppedEvents, tooLong, tooLongEvents, writtenBytes } = recorder;
  const lost = [
    ...(dropped + droppedEvents > 0
      ? [`${lostText(dropped, droppedEvents)} lost: the disk was too slow`]
      : []),
    ...(tooLong + tooLongEvents > 0 ? [`${lostText(tooLong, tooLongEvents)} left out: too long`] : []),
  ];
  const written = `${samples - dropped - tooLong} samples`;
  return `recorded ${formatDuration(tookMs / 1000)}: ${[written, bytesText(writtenBytes), ...lost].join(', ')}`;
}
