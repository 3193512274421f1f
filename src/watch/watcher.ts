/**
 * The machine watched, for whoever shows, records or guards it: sources, loop, model, load shedding, recording
 * and the kernel's own triggers, put together once.
 */
import { ok } from '../base/problem.ts';
import { type DerivedSample, deriveSample } from '../diagnose/derive-sample.ts';
import type { DiagnoseOptions } from '../diagnose/diagnose.ts';
import type { Notice } from '../model/diagnosis/notice.ts';
import { emptyModel } from '../model/empty-model.ts';
import type { JournalEntry } from '../model/intents/outcome.ts';
import { ownKills } from '../model/intents/own-kills.ts';
import type { Model } from '../model/model.ts';
import { type RecorderStatus, recorderOff } from '../model/past/recorded.ts';
import type { Sample } from '../model/sample.ts';
import { sourceTable } from '../model/source-table.ts';
import type { Clock, PressureTriggers } from '../platform/ports.ts';
import { streamsAround } from '../record/recorded-logs.ts';
import type { Source } from '../samplers/source.ts';
import { createAlarm } from './alarm.ts';
import { createLoadShedding } from './load-shedding.ts';
import { createLoop, type Loop } from './loop.ts';
import { privilegeHint } from './privilege-hint.ts';
import type { Recording } from './recording.ts';
import type { SourceSet } from './sources.ts';
import type { Heap } from './survive.ts';

export interface WatcherOptions {
  readonly clock: Clock;
  readonly sources: readonly Source[];
  /** All intervals are multiplied by this (`--interval`). */
  readonly intervalScale?: number;
  /** Switched on while details are to rest. */
  readonly lowDetail?: { on: boolean };
  /** What keeps us alive in a freeze; here: what keeps the heap small before there is one. */
  readonly survival?: Heap;
  /** Makes what records what is seen; without it nothing is. `onStopped`: to be called when the disk ends it. */
  readonly createRecording?: (onStopped: (reason: string) => void) => Recording;
  /** What comes by itself after the first look: names are shown as soon as they are there. */
  readonly facts?: Pick<SourceSet, 'settled' | 'known'>;
  /** Default: the usual thresholds. */
  readonly diagnose?: DiagnoseOptions;
  /** What tells of a stall before the next tick does. */
  readonly triggers?: PressureTriggers;
}

/** How we do ourselves. */
export interface WatchHealth {
  /** How late we were, the worst of the last ten seconds, in steps of 100 ms. */
  readonly latenessMs: number;
  readonly lowDetail: boolean;
  /** One line that says what a privilege would add; null when nothing is missing. */
  readonly privilegeHint: string | null;
  readonly recorder: RecorderStatus;
}

export interface Listener {
  /** After every look. */
  looked?(model: Model, health: WatchHealth): void;
  /** The disk ended the recording; the rest goes on. */
  recorderStopped?(reason: string, status: RecorderStatus): void;
}

export interface Watcher extends Pick<Loop, 'want' | 'start' | 'stop' | 'rescale'> {
  /** The newest; empty before the first look. */
  readonly model: Model;
  readonly health: WatchHealth;
  /** One look now, out of turn. */
  look(): void;
  /** Every source at its usual interval, where nobody asks for one. */
  wantAll(): void;
  /** The one listener; it hears nothing of what came before. */
  listen(listener: Listener): void;
  /** Begins to record; the disk is not touched before. What was seen until then is recorded too. */
  record(): void;
  /** Looks a second time soon, then regularly; begins to record, to be called by the kernel, and `also`. */
  begin(also?: () => void): void;
  /** An action that ended: for the recording, and what it ended for the next look. */
  entry(entry: JournalEntry): void;
  /** No look any more; actions may still be recorded. Resolves when the kernel calls no more. */
  end(): Promise<void>;
  /** After `end`: closes recording and sources; resolves with one line on what is missing from the recording. */
  close(): Promise<string | null>;
}

/** The second look, which the first rates are made of, does not wait for a whole interval. */
const secondLookMs = 200;
/** Ticks less late than this are on time. */
const lateMs = 100;

export function createWatcher(options: WatcherOptions): Watcher {
  const { clock, sources, intervalScale = 1, triggers, diagnose } = options;
  let derived: DerivedSample | null = null;
  let listener: Listener = {};
  /** By actions since the last look. */
  let ended: readonly Notice[] = [];
  let ownHealth: Omit<WatchHealth, 'recorder'> = { latenessMs: 0, lowDetail: false, privilegeHint: null };
  const recorder = () => recording?.status ?? recorderOff;
  const recording = options.createRecording?.((reason) => listener.recorderStopped?.(reason, recorder()));
  const loop = createLoop({
    sources,
    clock,
    intervalScale,
    onSample(taken, tick) {
      const sample = withNotices(taken, ended);
      ended = [];
      const before = derived;
      derived = deriveSample(sample, before, undefined, diagnose);
      const { model } = derived;
      for (const source of sources) source.looked?.(model);
      const overload = shedding.tick(model, tick.latenessMs);
      recording?.sample(sample, model, streamsAround(before, derived));
      ownHealth = {
        latenessMs: roundLateness(overload.lateMs),
        lowDetail: overload.lowDetail,
        privilegeHint: privilegeHint(sample) ?? ownHealth.privilegeHint,
      };
      listener.looked?.(model, health());
    },
  });
  const shedding = createLoadShedding({
    loop,
    ...(options.lowDetail && { lowDetail: options.lowDetail }),
    ...(options.survival && { heap: options.survival }),
  });
  const health = (): WatchHealth => ({ ...ownHealth, recorder: recorder() });
  const look = () => void loop.sampleNow();
  const alarm =
    triggers && createAlarm({ triggers, clock, look, lookedMs: () => derived?.model.monotonicMs ?? 0 });
  let records = false;
  let cancelSecondLook = () => {};
  let awaitsSecondLook = false;
  let alarmEnded: Promise<void> | undefined;

  function record(): void {
    if (!records) recording?.begin();
    records = true;
  }

  return {
    want: loop.want,
    start: loop.start,
    stop: loop.stop,
    rescale: loop.rescale,
    get model() {
      return derived?.model ?? emptyModel;
    },
    get health() {
      return health();
    },
    look,
    wantAll() {
      for (const { id } of sources) loop.want(id, sourceTable[id].everyMs);
    },
    listen(to) {
      listener = to;
    },
    record,
    begin(also) {
      awaitsSecondLook = true;
      void options.facts?.settled().then(() => {
        if (awaitsSecondLook) loop.give(options.facts?.known() ?? {});
      });
      cancelSecondLook = clock.after(secondLookMs, () => {
        awaitsSecondLook = false;
        loop.start();
        record();
        void alarm?.begin();
        also?.();
      });
    },
    entry(entry) {
      recording?.entry(entry);
      ended = [...ended, ...ownKills(entry)];
    },
    end() {
      cancelSecondLook();
      awaitsSecondLook = false;
      loop.stop();
      alarmEnded ??= alarm?.end() ?? Promise.resolve();
      return alarmEnded;
    },
    async close() {
      const missing = (await recording?.end()) ?? null;
      loop.close();
      return missing;
    },
  };
}

/** What was said, and what we ended: both are told with the Sample, and recorded with it. */
function withNotices(sample: Sample, own: readonly Notice[]): Sample {
  if (own.length === 0) return sample;
  const { notices } = sample;
  const value = [...(notices?.ok ? notices.value : []), ...own];
  return { ...sample, notices: { atMs: sample.monotonicMs, ...ok(value) } };
}

/** Steps of 100 ms, so that a punctual program does not change what is shown with every tick. */
function roundLateness(latenessMs: number): number {
  return latenessMs < lateMs ? 0 : Math.round(latenessMs / lateMs) * lateMs;
}
