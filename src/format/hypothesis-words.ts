/** States of hypotheses and findings as they are coloured, and how many there are of each. */
import { plural } from '../base/plural.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import { type Hypothesis, type HypothesisState, hypothesisStates } from '../model/diagnosis/hypothesis.ts';
import type { Verdict, VerdictState } from '../model/diagnosis/verdict.ts';
import type { Model } from '../model/model.ts';
import { evidenceText } from './evidence.ts';
import { untestedText } from './findings.ts';
import type { Tone } from './paint.ts';
import { verdictWord } from './verdict.ts';
import { levelTone } from './words.ts';

/** Of what was found its level; what is ruled out is well. */
export function stateTone(state: HypothesisState, finding: Pick<Finding, 'level'> | null): Tone | undefined {
  if (finding !== null) return levelTone(finding.level);
  return state === 'refuted' ? 'ok' : 'muted';
}

/** `2 confirmed`, `1 likely`, `15 untested`: the strongest first. */
export function statesText(hypotheses: readonly Pick<Hypothesis, 'state'>[]): readonly string[] {
  return hypothesisStates.toReversed().flatMap((state) => {
    const count = hypotheses.filter((one) => one.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
}

/** What is known where nothing was found: what it would take to know, or the figures that speak against it. */
export function groundText(
  { ground }: Pick<Hypothesis, 'ground'>,
  clock: Pick<Model, 'timeMs' | 'monotonicMs'>,
): string {
  if (ground.untested !== null) return untestedText(ground.untested);
  if (ground.evidence.length === 0)
    return `nothing speaks for it${ground.state === 'refuted' ? '' : ', as far as is seen here'}`;
  // Of several builds alike one is enough: which one it is of, it does not say.
  return ground.evidence
    .filter(({ field }, at, all) => all.findIndex((other) => other.field === field) === at)
    .slice(0, 2)
    .map((one) => evidenceText(one, clock))
    .join('; ');
}

/** What is said where nothing asks to be mended; `so far`: what takes minutes to show has not been watched for as long. */
export function calmText({
  findings,
  hypotheses,
  verdicts,
}: Pick<Model, 'findings' | 'hypotheses' | 'verdicts'>): string {
  if (findings.length > 0) return 'nothing to mend';
  return isTooSoon({ hypotheses, verdicts }) ? 'nothing found so far' : 'nothing found';
}

/** A build or an evaluation that is stuck would not be known yet. */
export function isTooSoon({ hypotheses, verdicts }: Pick<Model, 'hypotheses' | 'verdicts'>): boolean {
  return (
    verdicts.length > 0 &&
    hypotheses.some(
      ({ id, ground }) => (id === 'build' || id === 'evaluation') && ground.untested?.kind === 'time',
    )
  );
}

const verdictOrder: readonly VerdictState[] = ['stuck', 'paused', 'slow', 'waiting', 'working'];

/** `1 STUCK, 3 working` of builds, `2 clients working` where there is none; empty where nothing is judged. */
export function verdictCounts(verdicts: readonly Pick<Verdict, 'state' | 'subject' | 'reason'>[]): string {
  const builds = verdicts.filter(({ subject }) => subject.kind === 'build');
  const counted = builds.length > 0 ? builds : verdicts;
  const counts = verdictOrder.flatMap((state) => {
    const count = counted.filter((one) => one.state === state).length;
    if (count === 0) return [];
    return `${builds.length > 0 ? count : plural(count, 'client')} ${verdictWord(state)}`;
  });
  // One that waits for somebody else has no build to be counted.
  const waiting = verdicts.filter(
    ({ subject, reason }) => subject.kind !== 'build' && reason.kind === 'wait',
  );
  const clients =
    builds.length === 0 || waiting.length === 0 ? [] : [`${plural(waiting.length, 'client')} waiting`];
  return [...counts, ...clients].join(', ');
}
