/**
 * What verdicts and rules remember at a moment deep in a recording. Some of it is a day old (who rebuilt at night), so all
 * that was recorded before is gone through, but cheaply: one look in ten seconds, as a slow machine would have looked.
 * What lies shortly before the moment itself is not in it; moments.ts takes every Sample of that.
 */
import type { DerivedSample } from '../../diagnose/derive-sample.ts';
import type { DiagnoseOptions } from '../../diagnose/diagnose.ts';
import { defaultThresholds } from '../../diagnose/thresholds.ts';
import { withNewest } from '../../model/newest-parts.ts';
import type { Sample } from '../../model/sample.ts';
import { deriveRecorded } from '../../record/derive-recorded.ts';
import { goesOn, isBefore, type Position, type RecordedSamples } from './recorded-samples.ts';

export interface Memory {
  /** Before this position; null where it is the first one, or once aborted. */
  before(position: Position, options?: RememberOptions): Promise<DerivedSample | null>;
}

export interface RememberOptions {
  /** Lets keys and signals have their turn. */
  readonly rest?: (() => Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Unix ms of the first Sample that is looked at. */
  readonly onBegin?: (timeMs: number) => void;
}

/** Recorded time between two looks. */
const lookEveryMs = 10_000;
/** Samples between two rests. */
const mostAtOnce = 100;
/** What is known at some moments is kept, so that the next jump does not begin anew. */
const keptEveryMs = 10 * 60_000;
const mostKept = 12;

/** At the begin of an entry of the playlist, `derived` of what was before it. */
interface Known {
  readonly position: Position;
  readonly derived: DerivedSample;
}

/** Of one recording as it is: one that has grown has other positions. */
export function createMemory(samples: RecordedSamples, diagnose?: DiagnoseOptions): Memory {
  /** As far back as any rule tells of what is over. */
  const rememberedMs = (diagnose?.thresholds ?? defaultThresholds).unattendedToldSec * 1000;
  /** In order of time. */
  let known: readonly Known[] = [];

  function keep(position: Position, derived: DerivedSample): void {
    const before = known.findLast((one) => isBefore(one.position, position));
    if (before !== undefined && position.sample.timeMs - before.position.sample.timeMs < keptEveryMs) return;
    known = [...known.filter((one) => one.position.entry !== position.entry), { position, derived }].sort(
      (a, b) => a.position.entry - b.position.entry,
    );
    // Half of them are far enough from each other, too.
    if (known.length > mostKept) known = known.filter((_, index) => index % 2 === 1);
  }

  return {
    async before(until, { rest, signal, onBegin } = {}) {
      const first = await samples.far(until, rememberedMs);
      onBegin?.(first.sample.timeMs);
      const resumed = known.findLast(
        ({ position }) => !isBefore(position, first) && !isBefore(until, position),
      );
      let derived: DerivedSample | null = resumed?.derived ?? null;
      let last: Position | null = null;
      let pending: Sample | null = null;
      let lookedMs = Number.NEGATIVE_INFINITY;
      let count = 0;
      for (
        let at: Position | null = resumed?.position ?? first;
        at !== null;
        at = await samples.beside(at, 1)
      ) {
        const begins = at.index === 0;
        if (pending !== null && (begins || !isBefore(at, until))) look(pending);
        const follows = last === null || goesOn(last, at);
        if (!isBefore(at, until)) return follows ? derived : null;
        if (begins && derived !== null && last !== null) keep(at, derived);
        if (last === null || last.run !== at.run) {
          if (!follows) derived = null;
          const facts = await samples.facts(at);
          const streams = await samples.streams(at);
          derived = deriveRecorded({ ...facts, ...at.sample }, derived, streams, diagnose);
          lookedMs = at.sample.monotonicMs;
        } else {
          const both: Sample | null = pending === null ? at.sample : together(pending, at.sample);
          if (both === null && pending !== null) look(pending);
          pending = both ?? at.sample;
          if (at.sample.monotonicMs - lookedMs >= lookEveryMs) look(pending);
        }
        last = at;
        count += 1;
        if (count % mostAtOnce !== 0) continue;
        await rest?.();
        if (signal?.aborted) return null;
      }
      return derived;

      function look(sample: Sample): void {
        derived = deriveRecorded(sample, derived, undefined, diagnose);
        lookedMs = sample.monotonicMs;
        pending = null;
      }
    },
  };
}

/** Null: a file may hold anything, and these are none that could be put together. */
function together(before: Sample, now: Sample): Sample | null {
  try {
    return withNewest(before, now);
  } catch {
    return null;
  }
}
