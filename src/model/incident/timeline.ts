/** One line of what happened: when, who says so, and what it was. Times are Unix ms. */
import type { Notice } from '../diagnosis/notice.ts';
import type { ProbeResult } from '../diagnosis/probe.ts';
import type { Verdict } from '../diagnosis/verdict.ts';
import type { KeptEntry } from '../intents/outcome.ts';
import type { Level, ModelEvent, Shortage, ShortageCause } from '../model.ts';

/**
 * Who says so. `kernel`, `journal`: a line of theirs. `sample`: a figure or a process that was read. `log`: the log of a
 * rebuild. `action`: our journal of actions. `guard`: a guard of ours. `probe`: a test that was asked for. `recorder`: what
 * is missing. `diagnosis`: a rule, by its figures: no fact.
 */
export const timelineSources = [
  'kernel',
  'journal',
  'sample',
  'log',
  'action',
  'guard',
  'probe',
  'recorder',
  'diagnosis',
] as const;
export type TimelineSource = (typeof timelineSources)[number];

export interface TimelineEntry {
  readonly timeMs: number;
  readonly source: TimelineSource;
  readonly level: Level;
  readonly what: Happening;
}

export interface Stood {
  readonly verdict: Verdict;
  /** To which its monotonic times belong. */
  readonly clock: { readonly timeMs: number; readonly monotonicMs: number };
}

export type Happening =
  /** `by`: who asked for the kill that the log could not tell the author of. */
  | { readonly kind: 'event'; readonly event: ModelEvent; readonly by: string | null }
  /** A shortage from its begin to its end, with its pauses. `toMs` null: at the end it still was short. */
  | {
      readonly kind: 'shortage';
      readonly resource: Shortage['resource'];
      readonly path: string | null;
      readonly toMs: number | null;
      /** Since when it was critical; null: never. */
      readonly criticalMs: number | null;
      readonly worst: ShortageCause;
      readonly times: number;
    }
  /** A disk that answered nothing. */
  | {
      readonly kind: 'stall';
      readonly device: string;
      readonly toMs: number | null;
      readonly longestSec: number;
      readonly times: number;
    }
  /** Builds or commands that began or ended one after the other, with nothing between. */
  | {
      readonly kind: 'comings';
      readonly of: 'build' | 'command';
      readonly how: 'started' | 'ended';
      readonly names: readonly string[];
      readonly count: number;
      readonly toMs: number;
    }
  /** The same said so often. */
  | { readonly kind: 'notice'; readonly notice: Notice; readonly count: number; readonly toMs: number }
  /** `stood`: how the build that it was done to got on until then; null: it worked, or it is not known. */
  | { readonly kind: 'action'; readonly entry: KeptEntry; readonly stood: Stood | null }
  | { readonly kind: 'probe'; readonly result: ProbeResult }
  /** Nothing was recorded. `lost`: why, where the recorder says it; null: nobody recorded, or it was cut out. */
  | { readonly kind: 'silence'; readonly toMs: number; readonly lost: 'disk too slow' | 'too long' | null };
