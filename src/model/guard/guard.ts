/** What the guard looks at, how far each of its rules is from acting, and what it did: as data. Times ending in AtMs are Unix ms. */
import type { ProcessIdentity } from '../../base/identity.ts';
import type { FindingSubject } from '../diagnosis/finding.ts';
import type { Evidence } from '../diagnosis/verdict.ts';
import type { Unit } from '../fields/field.ts';
import type { OutcomeStatus } from '../intents/outcome-status.ts';

export const guardRuleIds = [
  /** Memory is short now, or is within seconds. */
  'memory',
  /** A build, or an evaluation, that grows without end. */
  'leak',
  /** A disk that a build keeps from answering. */
  'io',
  /** A verdict of the diagnosis, for long. */
  'stuck',
  'rebuild-time',
  'build-time',
  /** A file system that builds fill. */
  'space',
  /** What a rebuild has taken of memory since it began. */
  'memory-delta',
  /** A unit that the settings name is down, or does not answer. */
  'unit',
] as const;
export type GuardRuleId = (typeof guardRuleIds)[number];

/** From gentle to harsh; a rule has some of them, and the next is taken when one did not help. */
export const guardActions = [
  'tell',
  'lower',
  'limit',
  'pause',
  'kill',
  'cancel',
  'restart-daemon',
  'restart-unit',
] as const;
export type GuardAction = (typeof guardActions)[number];

/** What is undone once it is calm again: `resume` of `pause`, `restore` of `lower` and `limit`. */
export const guardUndos = ['resume', 'restore'] as const;
export type GuardUndo = (typeof guardUndos)[number];

/**
 * - `unknown`: what it looks at cannot be read, or not yet.
 * - `calm`: below its level.
 * - `over`: above it, and not for long enough, or it gets better by itself, or no second source agrees.
 * - `tripped`: all of it holds.
 * - `resting`: all of it holds, and it was acted a moment ago, by us or by another guard of memory.
 */
export const guardRuleStates = ['unknown', 'calm', 'over', 'tripped', 'resting'] as const;
export type GuardRuleState = (typeof guardRuleStates)[number];

/** One rule on the subject that is nearest to its level. */
export interface GuardReading {
  readonly rule: GuardRuleId;
  readonly state: GuardRuleState;
  /** Null: of nothing. */
  readonly subject: FindingSubject | null;
  /** What it is called: a derivation, a command, a device, a path. */
  readonly name: string | null;
  /** In `unit`. Null: not known. */
  readonly value: number | null;
  readonly limit: number;
  /** It acts when the value is below the limit; absent: above. */
  readonly below?: true;
  readonly unit: Unit;
  /** For so long it has held without a pause, and it acts after so long. */
  readonly heldSec: number;
  readonly forSec: number;
  /** Null: it cannot be told, or does not matter to this rule. */
  readonly worsening: boolean | null;
  /** A second source says the same. Null: there is none here. */
  readonly agrees: boolean | null;
  /** How many of its actions have been taken since it was calm last. */
  readonly taken: number;
}

/** One that it carried out, would have carried out (`dryRun`), or undid. */
export interface GuardAct {
  readonly atMs: number;
  readonly rule: GuardRuleId;
  readonly action: GuardAction | GuardUndo;
  /** On whom: builds, clients, a device, a unit; empty: the machine. */
  readonly names: readonly string[];
  /** Builders of those builds, and those clients; absent: there are none. */
  readonly processes?: readonly ProcessIdentity[];
  readonly value: number | null;
  readonly limit: number;
  /** The value is below the limit; absent: above. */
  readonly below?: true;
  readonly unit: Unit;
  readonly heldSec: number;
  readonly evidence: readonly Evidence[];
  readonly dryRun: boolean;
  /** Null: nothing was to be done (`tell`, a dry run). */
  readonly status: OutcomeStatus | null;
  /** Of the action; null without one. */
  readonly summary: string | null;
}

/** A guard that is armed, as it says itself. */
export interface GuardStatus extends ProcessIdentity {
  readonly version: 1;
  /** When it said so: one that has been silent for long does not guard. */
  readonly atMs: number;
  readonly sinceMs: number;
  /** The whole machine, or the command that it runs itself. */
  readonly scope: 'machine' | 'command';
  /** It only tells what it would do. */
  readonly dryRun: boolean;
  /** Somebody asked it to leave everything alone until then. */
  readonly heldUntilMs: number | null;
  readonly readings: readonly GuardReading[];
  /** Newest last; bounded. */
  readonly acts: readonly GuardAct[];
}
