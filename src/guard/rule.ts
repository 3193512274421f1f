/** The shape of a rule of the guard: what it measures of whom. When that becomes an act is the policy's, the same for all. */
import type { FindingSubject } from '../model/diagnosis/finding.ts';
import type { Evidence } from '../model/diagnosis/verdict.ts';
import type { Unit } from '../model/fields/field.ts';
import type { GuardRuleId } from '../model/guard/guard.ts';
import type { Build, Client, Model } from '../model/model.ts';
import type { GuardSettings } from './settings.ts';

/** The rebuild that a guard runs itself, and what was there before it. */
export interface GuardScope {
  /** Pid of the command. */
  readonly pid: number;
  /** When it was started, monotonic ms. */
  readonly startedMs: number;
}

/** What a rule may look at. What it was told before by `keep` is there at the next look, and no later. */
export interface GuardScene {
  /** With its verdicts and findings. */
  readonly model: Model;
  readonly nowMs: number;
  readonly settings: GuardSettings;
  /** Null: the whole machine. */
  readonly scope: GuardScope | null;
  /** Builds and clients that the guard may touch: of `scope`, or all that are no activation. */
  readonly builds: readonly Build[];
  readonly clients: readonly Client[];
  keep<Kept>(key: string, next: (before: Kept | undefined) => Kept): Kept;
}

/** One subject that a rule has measured. */
export interface Candidate {
  readonly subject: FindingSubject;
  readonly name: string | null;
  /** In `unit`; null: it cannot be read. */
  readonly value: number | null;
  readonly limit: number;
  readonly unit: Unit;
  /** The level. */
  readonly over: boolean;
  /** False: it gets better by itself, which is waited for. Null: it does not matter here. */
  readonly worsening: boolean | null;
  /** A second source says the same. Null: there is none here, and the level has to do. */
  readonly agrees: boolean | null;
  readonly evidence: readonly Evidence[];
  /** On whom an action falls, who is to go first first; empty: nobody, it can only be told. */
  readonly builds: readonly Build[];
  readonly clients: readonly Client[];
  /** Of the rule `unit`. */
  readonly unitName?: string;
}

export interface GuardRule<Rule extends GuardRuleId = GuardRuleId> {
  readonly id: Rule;
  /** Pure, and cheap: called at every look. Nearest to its level first. */
  readonly look: (scene: GuardScene) => readonly Candidate[];
}
