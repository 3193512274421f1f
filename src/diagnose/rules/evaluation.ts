/** An evaluation that grows without end, goes round in circles, or has said so itself. */
import { identityKey, sameProcess } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import { faultyModules } from '../../model/diagnosis/probe-values.ts';
import { resultOf } from '../../model/diagnosis/probes-done.ts';
import type { Verdict } from '../../model/diagnosis/verdict.ts';
import type { Client, Model, Worker } from '../../model/model.ts';
import { followGrowth, growthEvidence } from '../follow-growth.ts';
import { contra, pro } from '../judgement.ts';
import { monotonicOf } from '../log-time.ts';
import { noneSeen, type Rule, refuted, type Scene, unlikely } from '../rule.ts';

export const evaluationRule: Rule = {
  id: 'evaluation',
  probes: ['evaluation', 'evaluation-profile', 'bisection'],
  watchSec: ({ idleSec }) => idleSec,
  look(scene) {
    const { model } = scene;
    const spinning = model.verdicts.filter(({ reason }) => reason.kind === 'spinning');
    const findings = [
      ...model.clients.flatMap((client) => ofClient(client, spinning, scene)),
      ...model.workers.flatMap((worker) => ofWorker(worker, scene)),
      ...ofFailures(model),
      ...ofProbe(scene),
    ];
    return { findings, ground: groundOf(scene) };
  },
};

/** One that ended well says nothing of a configuration that was changed since. */
function groundOf({ model, thresholds }: Scene): ReturnType<typeof refuted> {
  const run = resultOf(model.probes, 'evaluation');
  if (run?.ok === true && run.value.end === 'done' && model.timeMs - run.endedMs < thresholds.askedSec * 1000)
    return refuted(
      contra('probe.evaluation', Math.round(run.value.sec), 's'),
      contra('probe.evaluation.peak', run.value.peakBytes, 'bytes'),
    );
  if (model.clients.length === 0 && model.rebuilds.length === 0) return noneSeen('clients', model);
  const evaluating = model.clients.filter(({ phase }) => phase === 'evaluating');
  const getsOn = evaluating.every((client) => verdictOn(client, model)?.state === 'working');
  return getsOn ? refuted() : unlikely();
}

function verdictOn(client: Client, { verdicts }: Pick<Model, 'verdicts'>): Verdict | undefined {
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

function ofClient(client: Client, spinning: readonly Verdict[], scene: Scene): readonly FindingDraft[] {
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
  const verdict = verdictOn(client, { verdicts: spinning });
  if (verdict !== undefined) {
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

function ofFailures(model: Model): readonly FindingDraft[] {
  const { rebuilds, probes } = model;
  const modules = modulesOf(probes);
  return rebuilds.flatMap(({ id, command, failures }) =>
    failures.flatMap(({ cause, atMs }): readonly FindingDraft[] => {
      if (cause.kind !== 'evaluation' || !cause.recursion) return [];
      const place =
        cause.file === null ? null : [cause.file, cause.line].filter((part) => part !== null).join(':');
      const sinceMs = monotonicOf(model, atMs);
      return [
        {
          subject: { kind: 'rebuild', rebuild: id },
          level: 'critical',
          state: 'confirmed',
          found: { kind: 'evaluation-recursion', command, place, options: [], modules },
          evidence: [pro('failures.kind', 'evaluation', 'text', sinceMs)],
          sinceMs,
          ...(modules.length === 0 && { probe: 'bisection' }),
        },
      ];
    }),
  );
}

/** An error of another kind is no loop, whatever repeats in its trace: modules are merged in modules. */
function ofProbe({ model, thresholds }: Scene): readonly FindingDraft[] {
  const run = resultOf(model.probes, 'evaluation');
  if (run === null || !run.ok) return [];
  const { end, configuration, repeated, omittedFrames, options, sec, peakBytes } = run.value;
  if (end === 'done' || end === 'failed') return [];
  const often = repeated.find(({ times }) => times >= thresholds.repeatedTimes);
  const modules = modulesOf(model.probes);
  const limited = end === 'time' || end === 'memory';
  const goesRound = often !== undefined || omittedFrames > 0;
  return [
    {
      subject: { kind: 'machine' },
      level: 'warning',
      state: !limited || goesRound || modules.length > 0 ? 'confirmed' : 'likely',
      found: limited
        ? { kind: 'evaluation-limit', configuration, met: end, sec, peakBytes, modules }
        : { kind: 'evaluation-recursion', command: null, place: often?.place ?? null, options, modules },
      evidence: [
        pro('probe.evaluation', Math.round(sec), 's'),
        pro('probe.evaluation.peak', peakBytes, 'bytes'),
        ...(often === undefined ? [] : [pro('probe.evaluation.repeated', often.times, 'none')]),
      ],
      sinceMs: monotonicOf(model, run.endedMs),
      ...(modules.length === 0 && { probe: 'bisection' }),
    },
  ];
}

function modulesOf(probes: Model['probes']): readonly string[] {
  const bisection = resultOf(probes, 'bisection');
  return bisection?.ok === true ? faultyModules(bisection.value) : [];
}
