/** Joins what is seen and done to the recorder, for the dashboard and for the headless mode. */

import { eventClause } from '../format/events.ts';
import type { JournalEntry } from '../model/intents/outcome.ts';
import type { Model, ModelEvent } from '../model/model.ts';
import { type RecordedEvent, type RecorderStatus, recorderOff } from '../model/past/recorded.ts';
import { trackPointOf } from '../model/past/track.ts';
import type { Sample } from '../model/sample.ts';
import type { Clock, RecordingFiles } from '../platform/ports.ts';
import type { RecorderLimits } from '../record/limits.ts';
import type { StreamsAround } from '../record/recorded-logs.ts';
import { createRecorder, type Recorder } from '../record/recorder.ts';

export interface RecordingOptions {
  readonly files: RecordingFiles;
  readonly directory: string;
  /** Version of nixpulse. */
  readonly writer: string;
  readonly pid: number;
  readonly limits?: Partial<RecorderLimits>;
  /** The disk ended it; the rest of the program goes on. */
  readonly onStopped?: (reason: string) => void;
}

export interface Recording {
  /** Each Sample with the Model that it led to, and its streams before and after it. Returns at once. */
  sample(sample: Sample, model: Model, streams?: StreamsAround): void;
  /** An action that ended. */
  entry(entry: JournalEntry): void;
  /** The disk is not touched before; what came until then waits. */
  begin(): void;
  readonly status: RecorderStatus;
  /** Resolves when all is written, or when patience with the disk is over: then with one line on that. */
  end(): Promise<string | null>;
}

/** Long enough for a busy disk; one that does not answer must not keep us from ending. */
const patienceMs = 2000;
/** Ticks before the first frame. */
const mostEarly = 16;

export function createRecording(clock: Clock, options: RecordingOptions): Recording {
  let recorder: Recorder | null = null;
  let early: Parameters<Recording['sample']>[] = [];
  let before: readonly ModelEvent[] = [];

  function record(to: Recorder, ...[sample, model, streams]: Parameters<Recording['sample']>): void {
    to.sample(sample, trackPointOf(model), streams);
    for (const alert of newAlerts(model.events, before)) to.event(alert);
    before = model.events;
  }

  return {
    sample(...taken) {
      if (recorder !== null) record(recorder, ...taken);
      else if (early.length < mostEarly) early.push(taken);
    },
    entry(entry) {
      recorder?.event({ kind: 'action', timeMs: clock.now(), entry });
    },
    begin() {
      const { directory, files, limits, pid, writer, onStopped } = options;
      const hostName = early.at(-1)?.[1].host.name ?? null;
      recorder = createRecorder({
        files,
        clock,
        directory,
        header: { writer, hostName },
        pid,
        ...(limits && { limits }),
      });
      recorder.onStatus(({ state, reason }) => state === 'stopped' && reason !== null && onStopped?.(reason));
      for (const taken of early) record(recorder, ...taken);
      early = [];
    },
    get status() {
      return recorder?.status ?? recorderOff;
    },
    async end() {
      if (recorder === null) return null;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancelWait = clock.after(patienceMs, resolve);
      await Promise.race([recorder.close(), late]);
      cancelWait();
      if (recorder.status.state !== 'recording') return null;
      return `the end of the recording is missing: the disk of ${options.directory} does not answer`;
    },
  };
}

/** The model keeps its last events: those that it did not have before, with words for other versions. */
export function newAlerts(
  events: readonly ModelEvent[],
  before: readonly ModelEvent[],
): readonly RecordedEvent[] {
  if (events === before) return [];
  const known = new Set(before);
  return events
    .filter((event) => !known.has(event))
    .map((event) => {
      const text = eventClause(event);
      return { kind: 'alert', timeMs: event.timeMs, event: { ...event, text } };
    });
}
