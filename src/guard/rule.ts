/** The shape of a rule of the guard: what it measures of whom. When that becomes an act is the policy's, the same for all. */
import type { FindingSubject } from '../model/diagnosis/finding.ts';
import type { Evidence } from '../model/diagnosis/verdict.ts';
import type { Unit } from '../model/fields/field.ts';
import type { GuardAction, GuardRuleId } from '../model/guard/guard.ts';
import type { Build, Client, Model } from '../model/model.ts';
import type { Paces } from './pace.ts';
import type { GuardSettings } from './settings.ts';

/** The rebuild that a guard runs itself, and what was there before it. */
export interface GuardScope {
  /** Pid of the command. */
  readonly pid: number;
  /** When it was started, monotonic ms. */
  readonly startedMs: number;
  /** Clients that it has started through programs that are none of Nix. Absent: none. */
  readonly clientPids?: ReadonlySet<number>;
}

/** A unit that the settings name, as it was looked at last. */
export interface GuardUnitState {
  readonly unit: string;
  /** It runs (`systemctl is-active`). Null: not known. */
  readonly active: boolean | null;
  /** What it is asked got an answer. Null: it is not asked, or not known. */
  readonly answers: boolean | null;
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
  /** Of each build of this machine. */
  readonly paces: Paces;
  /** Those that the settings name, as far as they were looked at. */
  readonly units: readonly GuardUnitState[];
  /** Monotonic ms of the last action, ours or another guard's: what was seen before it tells nothing of its effect. */
  readonly actedMs: number | null;
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
  /** Acts when the value is below the limit. */
  readonly below?: true;
  /** Monotonic ms since which it has been so, where that is known from before. */
  readonly sinceMs?: number;
  /** Seconds until nothing is left, if all goes on like this: an action must help within that. Absent: nothing ends. */
  readonly leftSec?: number;
  /** The harshest action that this is worth now. Absent: all of them. */
  readonly upTo?: GuardAction;
  /** On whom an action falls, who is to go first first; empty: nobody, it can only be told. */
  readonly builds: readonly Build[];
  /** All of them are cancelled. */
  readonly clients: readonly Client[];
  /** Of a guard that runs one command: to cancel is to end that, though no client of it is seen. The policy sets it. */
  readonly command?: true;
  /** Who is paused, who is to go first first. Absent: `builds`. */
  readonly pauses?: readonly Build[];
  /** It is made by those that are paused: while one of them goes on, nobody is killed. */
  readonly made?: true;
  /** The same action is taken on one after the other, as long as there is another one. */
  readonly repeats?: true;
  /** Of the rule `unit`. */
  readonly unitName?: string;
}

export interface GuardRule<Rule extends GuardRuleId = GuardRuleId> {
  readonly id: Rule;
  /** Pure, and cheap: called at every look. Nearest to its level first. Null: it has no limit, as if it were off. */
  readonly look: (scene: GuardScene) => readonly Candidate[] | null;
}
