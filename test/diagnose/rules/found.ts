/** What rules find in a story, as one reads it. */
import type { DiagnoseOptions } from '../../../src/diagnose/diagnose.ts';
import { findingText } from '../../../src/format/findings.ts';
import { remediesOf } from '../../../src/format/remedies.ts';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import type { Hypothesis, HypothesisId } from '../../../src/model/diagnosis/hypothesis.ts';
import type { Model } from '../../../src/model/model.ts';
import { type Scene, tell } from '../story.ts';

export interface FoundStory {
  readonly model: Model;
  /** Of the hypothesis, the worst first. */
  readonly findings: readonly Finding[];
  readonly hypothesis: Hypothesis;
  /** One line each. */
  readonly texts: readonly string[];
  /** What its remedies ask for. */
  readonly remedies: readonly string[];
}

export function findIn(
  id: HypothesisId,
  seconds: number,
  scene: (second: number) => Scene,
  options: DiagnoseOptions & { readonly everySec?: number } = {},
): FoundStory {
  return foundOf(id, tell(seconds, scene, options).model);
}

export function foundOf(id: HypothesisId, model: Model): FoundStory {
  const hypothesis = model.hypotheses.find((one) => one.id === id);
  if (hypothesis === undefined) throw new Error(`no rule for ${id}`);
  const findings = model.findings.filter((one) => one.hypothesis === id);
  return {
    model,
    findings,
    hypothesis,
    texts: findings.map((one) => findingText(one, model)),
    remedies: findings.flatMap(({ found }) =>
      remediesOf(found).map((one) => ('command' in one ? `${one.kind} ${one.command}` : one.kind)),
    ),
  };
}

/** The first second at which the rule finds something that is worth a line; null: never. */
export function firstFound(
  id: HypothesisId,
  seconds: number,
  scene: (second: number) => Scene,
  wanted: (finding: Finding) => boolean = ({ level }) => level !== 'ok',
  options: { readonly everySec?: number } = {},
): number | null {
  let first: number | null = null;
  tell(seconds, scene, {
    ...options,
    each: ({ model }, second) => {
      if (first === null && model.findings.some((one) => one.hypothesis === id && wanted(one)))
        first = second;
    },
  });
  return first;
}
