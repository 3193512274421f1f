/**
 * The decision tree of a rebuild that hangs, as a path: one question after another, the cheap and local ones first,
 * and of each what is known. Made in diagnose/decision-path.ts, worded in format/decision-path.ts.
 */
import type { HypothesisId, Untested } from './hypothesis.ts';
import type { ProbeId } from './probe.ts';
import type { EvaluationRun } from './probe-values.ts';
import type { Evidence, Verdict } from './verdict.ts';

/** In the order in which they are asked. */
export const questionIds = [
  /** Is anything of it moving? */
  'moving',
  'paused',
  /** For somebody on this machine: a lock, a hook, a unit. */
  'waiting',
  'memory',
  'disk',
  /** Between the file system and its disk. */
  'volume',
  'space',
  /** A cache, a builder, the network. */
  'network',
  /** A build by itself, its limits, what was left over. */
  'build',
  'evaluation',
  'store',
  /** Is the evaluation alone, under limits, already at fault? */
  'evaluate',
  /** Does it fail with no import of the configuration, too? */
  'minimal',
  /** Which import is it? */
  'bisect',
] as const;

export type QuestionId = (typeof questionIds)[number];

/** By what a question is answered. */
export type Basis =
  /** `moving` of `of` builds and clients get on; of the one that stands for longest its verdict. */
  | {
      readonly kind: 'progress';
      readonly moving: number;
      readonly of: number;
      readonly standing: Verdict | null;
    }
  | { readonly kind: 'nothing-runs' }
  /** `DecisionStep.findings`. */
  | { readonly kind: 'findings' }
  /** Somebody waits: no rule calls that a finding yet. */
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** Nothing was found; what is not known, each reason once. */
  | { readonly kind: 'grounds'; readonly untested: readonly Untested[] }
  | { readonly kind: 'evaluation'; readonly run: Pick<EvaluationRun, 'end' | 'sec' | 'error'> }
  | { readonly kind: 'bisection'; readonly failsBare: boolean; readonly modules: readonly string[] };

/** What comes next. */
export type DecisionNext =
  /** `subject` null: of the machine, or to be chosen. */
  | {
      readonly kind: 'probe';
      readonly probe: ProbeId;
      readonly subject: string | null;
      readonly running: boolean;
    }
  /** `Finding.id`: its ways out. */
  | { readonly kind: 'remedy'; readonly finding: string }
  | { readonly kind: 'privilege'; readonly privilege: string }
  /** A log is to be followed. */
  | { readonly kind: 'log' }
  /** Look for longer. */
  | { readonly kind: 'time' }
  /** It gets on, or who is waited for does. */
  | { readonly kind: 'wait' };

export interface DecisionStep {
  readonly id: QuestionId;
  readonly answer: 'yes' | 'no' | 'open';
  /** Those that answer it. */
  readonly hypotheses: readonly HypothesisId[];
  /** `Finding.id`, the worst first. */
  readonly findings: readonly string[];
  readonly basis: Basis;
  readonly evidence: readonly Evidence[];
  /** Null: the next question. */
  readonly next: DecisionNext | null;
}

export interface DecisionPath {
  /** All of them, in their order. */
  readonly steps: readonly DecisionStep[];
  /**
   * Where it stands: the first `yes` that is a cause, what is critical before other findings and those before a mere
   * wait; else the first that is open and can be settled; `moving` where it gets on, or nothing runs, and nothing was
   * found; null: all are answered.
   */
  readonly at: QuestionId | null;
}

export const noDecision: DecisionPath = { steps: [], at: null };
