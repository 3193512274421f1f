/** How a rebuild did, one item a criterion, each with its figure and its limit: as data. Times ending in AtMs are Unix ms. */
import type { Unit } from '../fields/field.ts';
import type { GuardAct } from '../guard/guard.ts';

export const scoreIds = [
  /** It is done, and took no longer than it may. */
  'time',
  /** What of the machine's memory was in use at the most. */
  'memory',
  /** How long a request to a disk waited, in the worst ten seconds. */
  'await',
  /** Of all CPUs, in the mean over its time. */
  'cpu',
  /** Dead processes of its builds that nobody has waited for. */
  'zombies',
  /** The generation that boots next is sound. */
  'generation',
  /** Every path of the store was checked since it began. */
  'store',
] as const;
export type ScoreId = (typeof scoreIds)[number];

/** `unknown`: nobody could see it, which is no success. `left-out`: it does not apply to this command. */
export type ScoreState = 'pass' | 'fail' | 'unknown' | 'left-out';

/** What else is to be said of the figure. Null = not known. */
export type ScoreNote =
  /** It ended with an error, or was ended. */
  | { readonly kind: 'not-done' }
  /** Its limit is how long what it builds usually takes. */
  | { readonly kind: 'usual-time' }
  | {
      readonly kind: 'memory';
      readonly usedBytes: number;
      readonly totalBytes: number;
      /** Of the rebuild itself at its own peak, and who had the most of it. */
      readonly ownBytes: number | null;
      readonly build: string | null;
    }
  | { readonly kind: 'disk'; readonly device: string; readonly stalled: boolean }
  /** A mean over so long. */
  | { readonly kind: 'mean'; readonly overSec: number }
  /** `number` of the generation that boots next; `made`: by this rebuild. */
  | {
      readonly kind: 'generation';
      readonly made: boolean;
      readonly flaws: readonly string[];
      /** Why it could not be looked at. */
      readonly why: string | null;
    }
  /** When it was verified last; null: never. */
  | { readonly kind: 'verified'; readonly atMs: number | null; readonly damaged: number };

export interface ScoreItem {
  readonly id: ScoreId;
  readonly state: ScoreState;
  /** In `unit`; null: not known, or nothing that has a number. */
  readonly value: number | null;
  readonly limit: number | null;
  readonly unit: Unit;
  /** Of a peak: when. */
  readonly atMs: number | null;
  readonly note: ScoreNote | null;
}

/** What the machine was like before it began. */
export interface ScoreBaseline {
  readonly atMs: number;
  readonly totalBytes: number | null;
  readonly availableBytes: number | null;
  /** PSI, avg10. */
  readonly memoryFullPercent: number | null;
  readonly ioFullPercent: number | null;
  /** Of the slowest disk. */
  readonly awaitMs: number | null;
  readonly device: string | null;
  readonly load1: number | null;
  readonly cpus: number | null;
}

/** Limit beyond which the guard ended it. */
export interface ScoreBreaker
  extends Pick<GuardAct, 'rule' | 'action' | 'names' | 'value' | 'limit' | 'unit' | 'heldSec' | 'atMs'> {
  /** Builds of it that ran then, the heaviest first. */
  readonly within: readonly string[];
}

export interface ScoreCard {
  readonly version: 1;
  /** As typed; null: of a recording. */
  readonly command: readonly string[] | null;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Null: not known, or it did not end. */
  readonly exitCode: number | null;
  readonly baseline: ScoreBaseline | null;
  readonly items: readonly ScoreItem[];
  /** What a guard of this command did, oldest first. */
  readonly acts: readonly GuardAct[];
  readonly breaker: ScoreBreaker | null;
}
