/** All rules, looked at once for each Model: findings, and what is known of each hypothesis. Pure, as the verdicts. */
import { identityKey } from '../base/identity.ts';
import { isSame, keptRows } from '../base/same.ts';
import type { Finding, FindingDraft, FindingSubject } from '../model/diagnosis/finding.ts';
import { type Ground, type Hypothesis, hypothesisStates } from '../model/diagnosis/hypothesis.ts';
import { subjectName } from '../model/diagnosis/subject-name.ts';
import type { Model } from '../model/model.ts';
import { type Rule, type Scene, untested } from './rule.ts';
import { rules as allRules } from './rules/rules.ts';
import { defaultThresholds, type Thresholds } from './thresholds.ts';

/** What the next Model is compared with. */
export interface Findings {
  readonly findings: readonly Finding[];
  readonly hypotheses: readonly Hypothesis[];
  /** What rules remember, by rule and key; what was not asked for at a look is forgotten. */
  readonly kept: ReadonlyMap<string, unknown>;
}

export const noFindings: Findings = { findings: [], hypotheses: [], kept: new Map() };

const none: readonly Finding[] = [];

export interface FindOptions {
  readonly thresholds?: Thresholds;
  readonly rules?: readonly Rule[];
}

export function findAll(model: Model, before: Findings, options: FindOptions = {}): Findings {
  const { thresholds = defaultThresholds, rules = allRules } = options;
  const nowMs = model.readAtMs.forest ?? model.monotonicMs;
  const kept = new Map<string, unknown>();
  const known = new Map(before.findings.map((one) => [one.id, one]));
  const findings: Finding[] = [];
  const hypotheses: Hypothesis[] = [];
  for (const { id, look, probes, watchSec } of rules) {
    const scene = sceneOf(id, { model, nowMs, thresholds }, before.kept, kept);
    const { findings: drafts, ground: seen } = look(scene);
    const ground = watchSec === undefined ? seen : watched(seen, watchSec(thresholds), scene);
    // Nothing is found by most rules at most looks.
    const own =
      drafts.length === 0
        ? none
        : onceEach(
            drafts
              .map((draft) => settled(id, draft, known, model.monotonicMs))
              .toSorted((a, b) => rankOf(b) - rankOf(a)),
          );
    findings.push(...own);
    hypotheses.push({
      id,
      state: own[0] === undefined ? ground.state : strongest(own),
      findings: own.map((one) => one.id),
      probes,
      ground,
    });
  }
  findings.sort((a, b) => rankOf(b) - rankOf(a) || a.sinceMs - b.sinceMs);
  // Of equals in the order of the table.
  hypotheses.sort((a, b) => hypothesisStates.indexOf(b.state) - hypothesisStates.indexOf(a.state));
  return {
    findings: keptRows(before.findings, findings),
    hypotheses: keptRows(before.hypotheses, hypotheses),
    kept,
  };
}

/** Where silence is all that rules it out, it must have lasted. */
function watched(ground: Ground, sec: number, { since, nowMs }: Scene): Ground {
  const sinceMs = since('watched', true) ?? nowMs;
  const bySilence = ground.state === 'refuted' && ground.evidence.length === 0;
  return bySilence && nowMs - sinceMs < sec * 1000 ? untested({ kind: 'time' }) : ground;
}

function sceneOf(
  rule: string,
  given: Pick<Scene, 'model' | 'nowMs' | 'thresholds'>,
  before: ReadonlyMap<string, unknown>,
  kept: Map<string, unknown>,
): Scene {
  function keep<Kept>(key: string, next: (before: Kept | undefined) => Kept): Kept {
    const place = `${rule} ${key}`;
    const value = next((kept.get(place) ?? before.get(place)) as Kept | undefined);
    kept.set(place, value);
    return value;
  }
  return {
    ...given,
    keep,
    since: (key, holds) => (holds ? keep<number>(key, (known) => known ?? given.nowMs) : null),
  };
}

function settled(
  hypothesis: Finding['hypothesis'],
  draft: FindingDraft,
  known: ReadonlyMap<string, Finding>,
  nowMs: number,
): Finding {
  const id = `${hypothesis} ${draft.found.kind} ${subjectKey(draft.subject)}`;
  const before = known.get(id);
  const { sinceMs, probe = null, ...rest } = draft;
  const begun = sinceMs ?? nowMs;
  const finding: Finding = {
    ...rest,
    id,
    hypothesis,
    sinceMs: before === undefined ? begun : Math.min(before.sinceMs, begun),
    probe,
  };
  return before !== undefined && isSame(before, finding) ? before : finding;
}

function subjectKey(subject: FindingSubject): string {
  return 'pid' in subject ? identityKey(subject) : (subjectName(subject) ?? subject.kind);
}

/**
 * Two rebuilds may tell of the same cache, and two failures of the same limit: what is said of one subject twice has one
 * id, by which rows are selected and remembered. The first one, the worst, stands for it.
 */
function onceEach(sorted: readonly Finding[]): readonly Finding[] {
  const ids = new Set<string>();
  return sorted.filter(({ id }) => !ids.has(id) && ids.add(id));
}

const levels = ['ok', 'warning', 'critical'] as const;

/** The level decides, then how certain it is. */
function rankOf({ level, state }: Pick<Finding, 'level' | 'state'>): number {
  return levels.indexOf(level) * 10 + hypothesisStates.indexOf(state);
}

function strongest(own: readonly Finding[]): Finding['state'] {
  return own.reduce<Finding['state']>(
    (best, { state }) => (hypothesisStates.indexOf(state) > hypothesisStates.indexOf(best) ? state : best),
    'possible',
  );
}
