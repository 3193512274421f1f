/** `nixpulse record`: the recorder without a screen, until a signal ends it. */
import { formatBytesLong, formatDuration } from '../../base/number.ts';
import { type Derived, derive } from '../../model/derive.ts';
import { lostText } from '../../model/past/recorded.ts';
import type { Clock } from '../../platform/ports.ts';
import { defaultIntervalMs, type Source } from '../../samplers/source.ts';
import { createEndurance } from '../../watch/endurance.ts';
import { createLoop, type Loop } from '../../watch/loop.ts';
import { createRecording, type RecordingOptions } from '../../watch/recording.ts';
import { lackOf, type Survival, survive } from '../../watch/survive.ts';

export interface RecordOptions {
  readonly clock: Clock;
  readonly sources: readonly Source[];
  readonly intervalScale: number;
  readonly recording: RecordingOptions;
  /** Switched on while details are to be left out. */
  readonly lowDetail?: { on: boolean };
  /** What keeps us alive in a freeze; without it nothing is done for that. */
  readonly survival?: Survival;
  /** Where signals arrive. */
  readonly process: Pick<NodeJS.Process, 'on' | 'off'>;
  readonly say: (line: string) => void;
}

/** 128 + the signal's number, as shells say it. */
const signals = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** The second look, which the first rates are made of, does not wait for a whole interval. */
const secondLookMs = 200;
/** By then samples were taken, derived and written: whatever that needs is in memory, and stays. */
const rehearsedMs = 2500;

/** Closes the sources. Exit code: 1 where the disk ended it, 3 where `--harden=require` lacks something. */
export async function runRecord(options: RecordOptions): Promise<number> {
  const { clock, sources, intervalScale, process, say, survival } = options;
  const lack = survival && (await lackOf(survival));
  if (lack) {
    for (const source of sources) source.close();
    say(lack);
    return 3;
  }
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const handlers = Object.entries(signals).map(([signal, code]) => [signal, () => end(code)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);

  const recording = createRecording(clock, { ...options.recording, onStopped: () => end(1) });
  const sinceMs = clock.monotonic();
  let samples = 0;
  let derived: Derived | null = null;
  const endurance = createEndurance({
    clock,
    ...(options.lowDetail && { lowDetail: options.lowDetail }),
    ...(survival && { collect: survival.collect }),
  });
  const loop: Loop = createLoop({
    sources,
    clock,
    intervalScale,
    onSample(sample, { latenessMs }) {
      derived = derive(sample, derived);
      endurance.bear(loop, derived.model, latenessMs);
      samples += 1;
      recording.sample(sample, derived.model);
    },
  });
  for (const { id } of sources) loop.want(id, defaultIntervalMs[id]);
  loop.sampleNow();
  recording.begin();
  say(`recording in ${options.recording.directory}`);
  const cancelSecondLook = clock.after(secondLookMs, loop.start);
  const cancelHardening = clock.after(rehearsedMs, () => void survive(survival, async () => {}));

  const code = await ended;
  cancelSecondLook();
  cancelHardening();
  loop.close();
  const missing = await recording.end();
  for (const [signal, handler] of handlers) process.off(signal, handler);
  const { reason, dropped, droppedEvents, tooLong, tooLongEvents, writtenBytes } = recording.status;
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
  say(`recorded ${time}: ${[written, formatBytesLong(writtenBytes), ...lost].join(', ')}`);
  return code;
}
