/** An evaluation that grows without end, goes round in circles, or has said so itself. */
import { identityKey, sameProcess } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { EvaluationRun } from '../../model/diagnosis/probe-values.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import type { Verdict } from '../../model/diagnosis/verdict.ts';
import type { Client, Model, Worker } from '../../model/model.ts';
import { followGrowth, growthEvidence } from '../follow-growth.ts';
import { pro } from '../judgement.ts';
import { type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';

export const evaluationRule: Rule = {
  id: 'evaluation',
  probes: ['evaluation', 'evaluation-profile', 'bisection'],
  look(scene) {
    const { model } = scene;
    const findings = [
      ...model.clients.flatMap((client) => ofClient(client, scene)),
      ...model.workers.flatMap((worker) => ofWorker(worker, scene)),
      ...ofFailures(model),
      ...ofProbe(model),
    ];
    return { findings, ground: groundOf(model) };
  },
};

function groundOf(model: Model): ReturnType<typeof refuted> {
  const ran = newestRun(model.probes);
  if (ran?.run.end === 'done')
    return refuted(
      pro('probe.evaluation', ran.run.end, 'text'),
      pro('probe.evaluation.peak', ran.run.peakBytes, 'bytes'),
    );
  if (model.clients.length === 0 && model.rebuilds.length === 0) return untested({ kind: 'time' });
  const evaluating = model.clients.filter(({ phase }) => phase === 'evaluating');
  const getsOn = evaluating.every((client) => verdictOn(client, model)?.state === 'working');
  return getsOn ? refuted() : unlikely();
}

function verdictOn(client: Client, { verdicts }: Model): Verdict | undefined {
  return verdicts.find(({ subject }) => subject.kind === 'client' && sameProcess(subject, client));
}

/** Of others its own memory is that of its evaluation: in a freeze it seems to idle, and it builds what it imports. */
const noEvaluation: ReadonlySet<Client['phase']> = new Set([
  'copying',
  'activating',
  'installing bootloader',
  'dry activation',
  'collecting garbage',
  'verifying',
  'optimising',
]);

function ofClient(client: Client, scene: Scene): readonly FindingDraft[] {
  const { model } = scene;
  const { pid, startTime, command, residentBytes } = client;
  const subject = { kind: 'client', pid, startTime } as const;
  const findings: FindingDraft[] = [];
  if (residentBytes !== null) {
    const measured = { bytes: residentBytes, measure: 'rss' } as const;
    const leak = followGrowth(identityKey(client), measured, scene);
    if (leak !== null) {
      const { level, sinceMs, ...growing } = leak;
      const what = noEvaluation.has(client.phase) ? 'client' : 'evaluation';
      findings.push({
        subject,
        level,
        state: level === 'ok' ? 'possible' : 'likely',
        found: { kind: 'client-leak', command, what, ...growing },
        evidence: growthEvidence(leak, model),
        sinceMs,
        ...(what === 'evaluation' && { probe: 'evaluation' }),
      });
    }
  }
  const verdict = verdictOn(client, model);
  if (verdict?.reason.kind === 'spinning') {
    const stuck = verdict.state === 'stuck';
    const log = model.rebuilds.find((one) => one.client !== null && sameProcess(one.client, client));
    findings.push({
      subject,
      level: stuck ? 'critical' : 'warning',
      state: stuck ? 'likely' : 'possible',
      found: { kind: 'evaluation-loop', command, lastFile: log?.rebuild.evaluation.lastFile ?? null },
      evidence: verdict.evidence,
      sinceMs: verdict.sinceMs,
      probe: 'evaluation',
    });
  }
  return findings;
}

/** One that takes what a client sends, or unpacks what a cache does. */
function ofWorker(worker: Worker, scene: Scene): readonly FindingDraft[] {
  const { pid, startTime, residentBytes, clientPid } = worker;
  if (residentBytes === null) return [];
  const leak = followGrowth(`worker ${identityKey(worker)}`, { bytes: residentBytes, measure: 'rss' }, scene);
  if (leak === null) return [];
  const { level, sinceMs, ...growing } = leak;
  const client = scene.model.clients.find((one) => one.pid === clientPid);
  return [
    {
      subject: { kind: 'process', pid, startTime },
      level,
      state: level === 'ok' ? 'possible' : 'likely',
      found: {
        kind: 'client-leak',
        command: client?.command ?? `${clientPid ?? pid}`,
        what: 'worker',
        ...growing,
      },
      evidence: growthEvidence(leak, scene.model),
      sinceMs,
    },
  ];
}

function ofFailures({ rebuilds, probes, timeMs, monotonicMs }: Model): readonly FindingDraft[] {
  const module = moduleOf(probes);
  return rebuilds.flatMap(({ id, command, failures }) =>
    failures.flatMap(({ cause, atMs }): readonly FindingDraft[] => {
      if (cause.kind !== 'evaluation' || !cause.recursion) return [];
      const place =
        cause.file === null ? null : [cause.file, cause.line].filter((part) => part !== null).join(':');
      const sinceMs = monotonicMs - Math.max(0, timeMs - atMs);
      return [
        {
          subject: { kind: 'rebuild', rebuild: id },
          level: 'critical',
          state: 'confirmed',
          found: { kind: 'evaluation-recursion', command, place, module },
          evidence: [pro('failures.kind', 'evaluation', 'text', sinceMs)],
          sinceMs,
          ...(module === null && { probe: 'bisection' }),
        },
      ];
    }),
  );
}

/** Calls that go round come by the same places again and again. */
const timesRepeated = 3;

/** The newest evaluation under limits, whichever probe made it. */
function ofProbe({ probes, monotonicMs, timeMs }: Model): readonly FindingDraft[] {
  const ran = newestRun(probes);
  if (ran === null) return [];
  const { run, endedMs } = ran;
  const { end, repeated, peakBytes, configuration, limitSec, limitBytes } = run;
  const often = repeated.find(({ times }) => times >= timesRepeated);
  const module = moduleOf(probes);
  const common = {
    subject: { kind: 'machine' },
    level: 'warning',
    evidence: [
      pro('probe.evaluation', end, 'text'),
      pro('probe.evaluation.peak', peakBytes, 'bytes'),
      ...(often === undefined ? [] : [pro('probe.evaluation.repeated', often.times, 'none')]),
    ],
    sinceMs: monotonicMs - Math.max(0, timeMs - endedMs),
  } as const;
  if (end === 'recursion' || end === 'stack' || often !== undefined) {
    return [
      {
        ...common,
        state: end === 'recursion' || end === 'stack' ? 'confirmed' : 'likely',
        found: {
          kind: 'evaluation-recursion',
          command: configuration,
          place: often?.place ?? repeated[0]?.place ?? null,
          module,
        },
        ...(module === null && { probe: 'bisection' }),
      },
    ];
  }
  if (end === 'done' || end === 'failed') return [];
  return [
    {
      ...common,
      state: 'possible',
      found: { kind: 'evaluation-limit', configuration, limit: end, limitSec, limitBytes, module },
      probe: 'evaluation-profile',
    },
  ];
}

function newestRun(
  probes: Model['probes'],
): { readonly run: EvaluationRun; readonly endedMs: number } | null {
  const evaluation = resultOf(probes, 'evaluation');
  const profile = resultOf(probes, 'evaluation-profile');
  const bisection = resultOf(probes, 'bisection');
  const runs = [
    ...(evaluation?.ok === true ? [{ run: evaluation.value, endedMs: evaluation.endedMs }] : []),
    ...(profile?.ok === true ? [{ run: profile.value.run, endedMs: profile.endedMs }] : []),
    ...(bisection?.ok === true ? [{ run: bisection.value.run, endedMs: bisection.endedMs }] : []),
  ];
  return runs.toSorted((a, b) => b.endedMs - a.endedMs)[0] ?? null;
}

/** The modules without which it does not fail. */
function moduleOf(probes: Model['probes']): string | null {
  const bisection = resultOf(probes, 'bisection');
  if (bisection?.ok !== true || bisection.value.modules.length === 0) return null;
  return bisection.value.modules.join(', ');
}
