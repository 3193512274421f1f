/** The shape of a rule: what one hypothesis looks at, and what it says. One file a rule, in rules/. */
import type { FindingDraft } from '../model/diagnosis/finding.ts';
import type { Ground, HypothesisId, Untested } from '../model/diagnosis/hypothesis.ts';
import type { ProbeId } from '../model/diagnosis/probe.ts';
import type { Evidence } from '../model/diagnosis/verdict.ts';
import type { Model } from '../model/model.ts';
import { contra } from './judgement.ts';
import type { Thresholds } from './thresholds.ts';

/** What a rule may look at. What it was told before by `since` and `keep` is there at the next look, and no later. */
export interface Scene {
  /** With its verdicts. */
  readonly model: Model;
  /** Monotonic ms of the look at the processes. */
  readonly nowMs: number;
  readonly thresholds: Thresholds;
  /** Monotonic ms since which it has held at each look; null: it does not hold. `key` is the rule's own. */
  since(key: string, holds: boolean): number | null;
  /** What a rule remembers: made of what it remembered at the last look. */
  keep<Kept>(key: string, next: (before: Kept | undefined) => Kept): Kept;
}

export interface Told {
  /** One for each subject. */
  readonly findings: readonly FindingDraft[];
  /** What is known where there are none. */
  readonly ground: Ground;
}

export interface Rule {
  readonly id: HypothesisId;
  /** What would settle it, the cheapest first. */
  readonly probes: readonly ProbeId[];
  /** What it looks for takes so long to show: that nothing was seen for less rules nothing out. Default 0. */
  readonly watchSec?: (thresholds: Thresholds) => number;
  /** Pure, and cheap: called at every look. */
  readonly look: (scene: Scene) => Told;
}

/** Nothing speaks for it. */
export function unlikely(...evidence: readonly Evidence[]): Ground {
  return { state: 'unlikely', untested: null, evidence };
}

/** What was seen rules it out. */
export function refuted(...evidence: readonly Evidence[]): Ground {
  return { state: 'refuted', untested: null, evidence };
}

/** Of a machine whose /proc shows everybody only his own processes. */
export const hiddenOthers: Untested = {
  kind: 'privilege',
  privilege: 'root: /proc hides others (hidepid)',
};

/** Of what it is about none is seen: there is none, unless some are hidden, or nobody has looked yet. */
export function noneSeen(what: 'builds' | 'clients', { problems, readAtMs }: Model): Ground {
  if (problems.some(({ kind, where }) => kind === 'denied' && where === '/proc'))
    return untested(hiddenOthers);
  if (readAtMs.forest === undefined) return untested({ kind: 'time' });
  return refuted(contra(what, 0, 'none'));
}

export function untested(why: Untested): Ground {
  return { state: 'untested', untested: why, evidence: [] };
}
