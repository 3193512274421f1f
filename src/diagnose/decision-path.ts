/** The path through the decision tree of a rebuild that hangs: what is answered, where it stands, what comes next. */
import { isSame, keptRows } from '../base/same.ts';
import {
  type Basis,
  type DecisionNext,
  type DecisionPath,
  type DecisionStep,
  noDecision,
  type QuestionId,
} from '../model/diagnosis/decision.ts';
import type { Finding } from '../model/diagnosis/finding.ts';
import type { Hypothesis, HypothesisId, Untested } from '../model/diagnosis/hypothesis.ts';
import { likelySubject } from '../model/diagnosis/likely-subject.ts';
import type { ProbeId } from '../model/diagnosis/probe.ts';
import { faultyModules } from '../model/diagnosis/probe-values.ts';
import { type ProbesDone, resultOf } from '../model/diagnosis/probes-done.ts';
import type { Partner, Verdict } from '../model/diagnosis/verdict.ts';
import type { Model } from '../model/model.ts';

/** Whose hypotheses a rule answers. The others: by verdicts, and by probes. */
const asked: readonly { readonly id: QuestionId; readonly by: readonly HypothesisId[] }[] = [
  { id: 'paused', by: ['paused'] },
  { id: 'waiting', by: ['lock', 'post-build-hook', 'switch'] },
  { id: 'memory', by: ['build-leak', 'memory-limit', 'elsewhere', 'oom-killer'] },
  { id: 'disk', by: ['disk'] },
  { id: 'volume', by: ['volume'] },
  { id: 'space', by: ['space'] },
  { id: 'network', by: ['cache', 'builder'] },
  { id: 'build', by: ['build', 'left-over', 'process-limit'] },
  { id: 'evaluation', by: ['evaluation'] },
  { id: 'store', by: ['store'] },
];

/** Where one that waits for such a partner is asked about. */
const questionOfPartner: Readonly<Record<Partner['kind'], QuestionId>> = {
  lock: 'waiting',
  'garbage-collection': 'waiting',
  'build-user': 'waiting',
  'store-lock': 'waiting',
  database: 'waiting',
  profile: 'waiting',
  'post-build-hook': 'waiting',
  unit: 'waiting',
  timer: 'waiting',
  'virtual-machine': 'waiting',
  said: 'waiting',
  builder: 'network',
  machine: 'network',
  'upload-lock': 'network',
  cache: 'network',
  'other-fetch': 'network',
  network: 'network',
  swap: 'memory',
  'memory-limit': 'memory',
  disk: 'disk',
};

/** Pure, and the same object where nothing changed. */
export function decide(model: Model, before: DecisionPath = noDecision): DecisionPath {
  const steps = keptRows(before.steps, [
    movingStep(model),
    ...asked.map(({ id, by }) => askedStep(id, by, model)),
    ...evaluationSteps(model),
  ]);
  const at = standing(steps, model.findings);
  return steps === before.steps && at === before.at ? before : { steps, at };
}

function movingStep({ verdicts, hypotheses }: Model): DecisionStep {
  const common = { id: 'moving', hypotheses: [], findings: [] } as const;
  if (verdicts.length === 0) {
    return { ...common, answer: 'open', basis: { kind: 'nothing-runs' }, evidence: [], next: null };
  }
  const moving = verdicts.filter(moves).length;
  const stand = verdicts.filter((one) => !moves(one)).sort((a, b) => a.sinceMs - b.sinceMs)[0] ?? null;
  const best = stand ?? verdicts[0];
  return {
    ...common,
    answer: moving > 0 ? 'yes' : 'no',
    basis: { kind: 'progress', moving, of: verdicts.length, standing: stand },
    evidence: best?.evidence ?? [],
    next: moving === 0 ? null : { kind: isTooSoon(hypotheses) ? 'time' : 'wait' },
  };
}

/** What stands still takes minutes to be known: until then all seem to get on. */
function isTooSoon(hypotheses: readonly Hypothesis[]): boolean {
  return hypotheses.some(
    ({ id, ground }) => (id === 'build' || id === 'evaluation') && ground.untested?.kind === 'time',
  );
}

/** Slow is not still, unless nothing of it moves. */
function moves({ state, reason }: Verdict): boolean {
  return state === 'working' || (state === 'slow' && reason.kind !== 'idle' && reason.kind !== 'spinning');
}

function askedStep(id: QuestionId, by: readonly HypothesisId[], model: Model): DecisionStep {
  const hypotheses = model.hypotheses.filter((one) => by.includes(one.id));
  const findings = model.findings.filter(({ hypothesis }) => by.includes(hypothesis));
  const common = { id, hypotheses: by, findings: findings.map((one) => one.id) };
  const told = findings.find(isToldAloud);
  if (told !== undefined) {
    const next = nextOf(told, model);
    return { ...common, answer: 'yes', basis: { kind: 'findings' }, evidence: told.evidence, next };
  }
  const waits = model.verdicts.find(
    ({ reason }) => reason.kind === 'wait' && questionOfPartner[reason.partner.kind] === id,
  );
  if (waits !== undefined) {
    const basis: Basis = { kind: 'verdict', verdict: waits };
    return { ...common, answer: 'yes', basis, evidence: waits.evidence, next: { kind: 'wait' } };
  }
  const [perhaps] = findings.filter(({ state }) => state === 'possible');
  if (perhaps !== undefined) {
    const next = nextOf(perhaps, model);
    return { ...common, answer: 'open', basis: { kind: 'findings' }, evidence: perhaps.evidence, next };
  }
  const open = hypotheses.filter((one) => isOpen(one));
  const missing = by.filter((one) => !hypotheses.some((known) => known.id === one));
  const untested = [
    ...open.flatMap(({ ground }) => (ground.untested === null ? [] : [ground.untested])),
    ...(missing.length === by.length ? [{ kind: 'time' } as const] : []),
  ].filter((one, place, all) => all.findIndex((other) => isSame(one, other)) === place);
  return {
    ...common,
    answer: open.length > 0 || missing.length === by.length ? 'open' : 'no',
    basis: { kind: 'grounds', untested },
    evidence: hypotheses.flatMap(({ ground }) => ground.evidence),
    next: settling(open, untested, model),
  };
}

/** What is `ok` is worth knowing and answers nothing; what is only possible is a question still. */
function isToldAloud({ level, state }: Finding): boolean {
  return level !== 'ok' && state !== 'possible';
}

function isOpen({ state, ground }: Hypothesis): boolean {
  return state === 'untested' || (state === 'possible' && ground.state === 'possible');
}

/** Of what was found: what would settle it and has not run; else its ways out. */
function nextOf(finding: Finding, model: Model): DecisionNext {
  const { probe, state, id } = finding;
  if (probe !== null && state !== 'confirmed') {
    const subject = likelySubject(probe, finding, model);
    if (subject !== undefined && !isDone(probe, subject, model.probes))
      return probeNext(probe, subject, model.probes);
  }
  return { kind: 'remedy', finding: id };
}

/** What would settle what nothing is known of: what needs nobody's help comes first. */
function settling(
  open: readonly Hypothesis[],
  untested: readonly Untested[],
  model: Model,
): DecisionNext | null {
  if (untested.some(({ kind }) => kind === 'time')) return { kind: 'time' };
  for (const { probes, ground } of open) {
    if (ground.untested?.kind === 'unsupported') continue;
    for (const probe of probes) {
      const subject = likelySubject(probe, null, model);
      if (subject !== undefined && !isDone(probe, subject, model.probes))
        return probeNext(probe, subject, model.probes);
    }
  }
  const privilege = untested.find((one) => one.kind === 'privilege');
  if (privilege?.kind === 'privilege') return { kind: 'privilege', privilege: privilege.privilege };
  return untested.some(({ kind }) => kind === 'log') ? { kind: 'log' } : null;
}

function isDone(probe: ProbeId, subject: string | null, probes: ProbesDone): boolean {
  return resultOf(probes, probe, subject ?? undefined) !== null;
}

function probeNext(probe: ProbeId, subject: string | null, { running }: ProbesDone): DecisionNext {
  const runs = running.some((one) => one.id === probe && (subject === null || one.subject === subject));
  return { kind: 'probe', probe, subject, running: runs };
}

/** The last three: answered by probes alone, which go on where the evaluation is at fault. */
function evaluationSteps({ probes }: Model): readonly DecisionStep[] {
  const step = (id: QuestionId, more: Pick<DecisionStep, 'answer' | 'basis' | 'next'>): DecisionStep => {
    return { id, hypotheses: [], findings: [], evidence: [], ...more };
  };
  const notRun: Basis = { kind: 'grounds', untested: [{ kind: 'probe' }] };
  const evaluation = resultOf(probes, 'evaluation');
  const bisection = resultOf(probes, 'bisection');
  const faulty = evaluation?.ok === true && evaluation.value.end !== 'done';
  /** One that has failed for a reason of its own is not asked for again. */
  const open = (id: QuestionId, probe: ProbeId, worth: boolean) => {
    const next = worth && resultOf(probes, probe) === null ? probeNext(probe, null, probes) : null;
    return step(id, { answer: 'open', basis: notRun, next });
  };
  const steps: DecisionStep[] = [];
  if (evaluation?.ok === true) {
    const { end, sec, error } = evaluation.value;
    const basis: Basis = { kind: 'evaluation', run: { end, sec, error } };
    steps.push(step('evaluate', { answer: faulty ? 'yes' : 'no', basis, next: null }));
  } else {
    steps.push(open('evaluate', 'evaluation', true));
  }
  if (bisection?.ok !== true) {
    return [...steps, open('minimal', 'bisection', faulty), open('bisect', 'bisection', faulty)];
  }
  const { failsBare } = bisection.value;
  const modules = faultyModules(bisection.value);
  const basis: Basis = { kind: 'bisection', failsBare, modules };
  return [
    ...steps,
    step('minimal', { answer: failsBare ? 'yes' : 'no', basis, next: null }),
    step('bisect', { answer: modules.length === 0 ? 'no' : 'yes', basis, next: null }),
  ];
}

/** Those whose `yes` only leads on. */
const leadsOn: readonly QuestionId[] = ['moving', 'evaluate'];

function standing(steps: readonly DecisionStep[], findings: readonly Finding[]): QuestionId | null {
  const causes = steps.filter(({ id, answer }) => answer === 'yes' && !leadsOn.includes(id));
  const isCritical = ({ findings: [worst] }: DecisionStep) =>
    findings.some(({ id, level }) => id === worst && level === 'critical');
  // Of several the one that is said first.
  const [worst] = findings;
  const first = causes.find(({ findings: [own] }) => worst?.level === 'critical' && own === worst.id);
  const found =
    first ?? causes.find(isCritical) ?? causes.find(({ basis }) => basis.kind !== 'verdict') ?? causes[0];
  if (found !== undefined) return found.id;
  const isOpenHere = ({ answer, next }: DecisionStep) => answer === 'open' && next !== null;
  const evaluate = steps.find(({ id }) => id === 'evaluate');
  if (evaluate?.answer === 'yes') {
    const behind = steps.slice(steps.indexOf(evaluate) + 1).find(isOpenHere);
    return behind?.id ?? 'evaluate';
  }
  const perhaps = steps.find(
    ({ answer, basis, next }) => answer === 'open' && basis.kind === 'findings' && next !== null,
  );
  const moving = steps.find(({ id }) => id === 'moving');
  // It gets on, or nothing runs, and nobody has found anything.
  if (moving?.answer !== 'no' && findings.every(({ level }) => level === 'ok')) return 'moving';
  return (perhaps ?? steps.find(isOpenHere))?.id ?? null;
}
