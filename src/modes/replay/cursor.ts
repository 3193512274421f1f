/** What of a recording is shown: its moment, the way to the next one, and to any other. */
import type { DerivedSample } from '../../diagnose/derive-sample.ts';
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import { recordedText } from '../../format/events.ts';
import type { Model } from '../../model/model.ts';
import { markBeside, marksOf, type ReplayMark } from '../../model/past/replay.ts';
import type { Recording } from '../../record/recording.ts';
import { lookBackMs, type Moment, momentAt, momentsFrom, newestMoments } from './moments.ts';
import { createRecordedSamples, isBefore, type Position, type RecordedSamples } from './recorded-samples.ts';
import { createMemory } from './remembered.ts';

export interface CursorOptions {
  readonly recording: Recording;
  /** Default: the usual thresholds. */
  readonly diagnose?: DiagnoseOptions | undefined;
  /** Lets keys have their turn. */
  readonly rest: () => Promise<void>;
  /** Another moment is to be shown. */
  readonly onMoved: () => void;
  /** The recording was looked at again and has grown. */
  readonly onGrown: () => void;
}

export interface Cursor extends Pick<RecordedSamples, 'find'> {
  /** Null before the first move. */
  readonly moment: Moment | null;
  /** It knows all that rules remember: since `lookFurther`, up to the next jump. */
  readonly remembers: boolean;
  before(): Promise<Position | null>;
  /** At the end what was recorded meanwhile is looked for. */
  next(): Promise<Position | null>;
  /** The next event after, or the one before, what is shown and `slackMs` earlier; and what is said of it. */
  event(
    by: 1 | -1,
    slackMs: number,
  ): Promise<{ readonly position: Position; readonly text: string | null } | null>;
  /** To what follows on what is shown, without showing it. */
  advance(next: Position): Promise<void>;
  /** Shows a position as it was recorded. True: what is shown, or `wanted`, want to `lookFurther` from there. */
  goTo(position: Position, wanted: boolean): Promise<boolean>;
  /**
   * The same position, knowing more of what was before; nothing where another one is shown, or once aborted.
   * `remember`: then all that rules remember as well.
   */
  lookFurther(position: Position, signal: AbortSignal, remember?: boolean): Promise<void>;
}

/** How far back it is looked for when something began. */
const farBackMs = 15 * 60_000;
/** A beginning this near to where one began to look is no beginning. */
const nearMs = 6000;
/** Moments between two rests. */
const mostAtOnce = 50;

export function createCursor({ recording, diagnose, rest, onMoved, onGrown }: CursorOptions): Cursor {
  let samples = createRecordedSamples(recording);
  let memory = createMemory(samples, diagnose);
  let marks = marksOf(recording.events);
  /** The last one is shown. */
  let moments: readonly Moment[] = [];
  let remembers = false;

  async function lookAgain(): Promise<void> {
    const before = recording.chunks;
    await recording.refresh();
    const { chunks } = recording;
    if (chunks.length === before.length && chunks.every((chunk, index) => chunk === before[index])) return;
    const grown = createRecordedSamples(recording);
    const shown = moments.at(-1);
    if (shown === undefined) return;
    // What is shown may be of a writer that is no longer followed there.
    const position = (await grown.same(shown.position)) ?? (await grown.find(shown.position.sample.timeMs));
    if (position === null) return;
    samples = grown;
    memory = createMemory(samples, diagnose);
    marks = marksOf(recording.events);
    // Positions in the old samples lead nowhere in the new ones.
    moments = [{ ...shown, position }];
    onGrown();
  }

  async function beside(by: 1 | -1): Promise<Position | null> {
    const shown = moments.at(-1);
    return shown === undefined ? null : samples.beside(shown.position, by);
  }

  /** Those to step back by, the one of `to` last; null once aborted. */
  async function momentsUpTo(
    to: Position,
    from: Position,
    signal?: AbortSignal,
    remembered: DerivedSample | null = null,
  ): Promise<readonly Moment[] | null> {
    let kept: readonly Moment[] = [];
    let count = 0;
    for await (const moment of momentsFrom(samples, from, diagnose, remembered)) {
      kept = newestMoments([...kept, moment]);
      if (!isBefore(moment.position, to)) break;
      count += 1;
      if (signal === undefined || count % mostAtOnce !== 0) continue;
      await rest();
      if (signal.aborted) return null;
    }
    return kept;
  }

  return {
    get moment() {
      return moments.at(-1) ?? null;
    },
    get remembers() {
      return remembers;
    },
    find: (at, which) => samples.find(at, which),
    before: () => beside(-1),
    async next() {
      const next = await beside(1);
      if (next !== null) return next;
      await lookAgain();
      return beside(1);
    },
    async event(by, slackMs) {
      // The events of the sample that is shown lie behind, those before it too.
      const from = by > 0 ? moments.at(-1)?.position : await beside(-1);
      if (!from) return null;
      const mark = markBeside(marks, by > 0 ? from.sample.timeMs : from.sample.timeMs + 1 - slackMs, by);
      const position = mark && (await samples.find(mark.timeMs, 'from'));
      return position && { position, text: textUpTo(marks, mark, position.sample.timeMs) };
    },
    async advance(next) {
      const shown = moments.at(-1) ?? null;
      moments = newestMoments([...moments, await momentAt(samples, next, shown, diagnose)]);
    },
    async goTo(position, wanted) {
      const known = moments.findLastIndex((moment) => isSame(moment.position, position));
      if (known >= 0) {
        moments = moments.slice(0, known + 1);
        onMoved();
        return false;
      }
      const from = await samples.back(position, lookBackMs);
      const near = await momentsUpTo(position, from);
      const model = near?.at(-1)?.derived.model;
      if (!near || model === undefined) return false;
      moments = near;
      remembers = false;
      onMoved();
      const seenMs = model.monotonicMs - from.sample.monotonicMs;
      // Where less was seen, the run begins there.
      return seenMs >= lookBackMs && (wanted || beganBefore(model, seenMs - nearMs));
    },
    async lookFurther(position, signal, remember = false) {
      const shown = moments.at(-1);
      if (signal.aborted || shown === undefined || !isSame(shown.position, position)) return;
      if (remember && remembers) return;
      const from = await samples.back(position, farBackMs);
      const far = await momentsUpTo(position, from, signal);
      if (far === null) return;
      moments = far;
      remembers = false;
      onMoved();
      if (!remember) return;
      const remembered = await memory.before(from, { rest, signal });
      if (signal.aborted) return;
      if (remembered !== null) {
        const whole = await momentsUpTo(position, from, signal, remembered);
        if (whole === null) return;
        moments = whole;
      }
      remembers = true;
      if (remembered !== null) onMoved();
    },
  };
}

function isSame(a: Position, b: Position): boolean {
  return a.entry === b.entry && a.index === b.index;
}

/** A note is in the caption, however old it is; anything else would be hidden by one. */
function textUpTo(marks: readonly ReplayMark[], { timeMs }: ReplayMark, toMs: number): string | null {
  const reached = marks.filter(
    (mark) => mark.kind !== 'note' && mark.timeMs >= timeMs && mark.timeMs <= Math.max(toMs, timeMs),
  );
  return reached.length === 0 ? null : reached.map(({ event }) => recordedText(event)).join('; ');
}

/** A shortage or an idle build is as old as the time that was looked at. */
function beganBefore({ shortages, builds, verdicts, monotonicMs }: Model, seenMs: number): boolean {
  return (
    shortages.some(({ sinceMs }) => monotonicMs - sinceMs >= seenMs) ||
    builds.some(({ idleSec }) => idleSec * 1000 >= seenMs) ||
    // As long as is seen or longer: what is slow now may be stuck.
    verdicts.some(({ state, atLeast }) => atLeast && (state === 'slow' || state === 'stuck'))
  );
}
