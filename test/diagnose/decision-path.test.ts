import { describe, expect, it } from 'vitest';
import { decide } from '../../src/diagnose/decision-path.ts';
import { decisionLines, questions, standingText } from '../../src/format/decision-path.ts';
import { questionIds } from '../../src/model/diagnosis/decision.ts';
import type { Finding } from '../../src/model/diagnosis/finding.ts';
import {
  type Ground,
  type Hypothesis,
  type HypothesisId,
  hypothesisIds,
} from '../../src/model/diagnosis/hypothesis.ts';
import type { ProbeResult } from '../../src/model/diagnosis/probe.ts';
import type { EvaluationRun } from '../../src/model/diagnosis/probe-values.ts';
import type { Verdict } from '../../src/model/diagnosis/verdict.ts';
import { emptyModel } from '../../src/model/empty-model.ts';
import type { Model } from '../../src/model/model.ts';
import { evaluationRun } from '../support/evaluation-run.ts';
import { busy, fixtureMonotonicMs } from '../support/model-fixture.ts';

const refuted: Ground = { state: 'refuted', untested: null, evidence: [] };

/** All that is known: nothing was found, except of those given. */
function known(grounds: Partial<Record<HypothesisId, Ground>> = {}): readonly Hypothesis[] {
  return hypothesisIds.map((id) => {
    const ground = grounds[id] ?? refuted;
    return { id, state: ground.state, findings: [], probes: id === 'disk' ? ['smart'] : [], ground };
  });
}

const untested = (untested: Ground['untested']): Ground => ({ state: 'untested', untested, evidence: [] });

const [stuckBuild, lockWait] = busy.verdicts as [Verdict, Verdict];

const still: Verdict = {
  ...stuckBuild,
  state: 'stuck',
  sinceMs: fixtureMonotonicMs - 720_000,
  reason: { kind: 'idle', asleep: null },
};
const works: Verdict = { ...still, state: 'working', reason: { kind: 'progress', signs: ['cpu'] } };

function modelOf(more: Partial<Model>): Model {
  const { findings, builds, clients, disks, timeMs, monotonicMs } = { ...busy, findings: [] };
  const model = {
    ...emptyModel,
    ...{ findings, builds, clients, disks, timeMs, monotonicMs },
    hypotheses: known(),
    ...more,
  };
  return { ...model, decision: decide(model) };
}

const stepOf = (model: Model, id: string) => model.decision.steps.find((step) => step.id === id);

const found: Finding = {
  ...(busy.findings[0] as Finding),
  level: 'critical',
  state: 'confirmed',
};

function evaluated(run: Partial<EvaluationRun>): ProbeResult {
  const value = evaluationRun(run);
  return { id: 'evaluation', subject: null, startedMs: 0, endedMs: 1, ok: true, value };
}

function bisected(modules: readonly string[], failsBare = false): ProbeResult {
  const value = { run: evaluationRun({ end: 'time' }), steps: 5, of: 9, modules, failsBare, complete: true };
  return { id: 'bisection', subject: null, startedMs: 0, endedMs: 1, ok: true, value };
}

describe('the decision path', () => {
  it('asks all its questions in order, and each hypothesis has its place in one', () => {
    const { steps } = modelOf({}).decision;
    expect(steps.map(({ id }) => id)).toEqual(questionIds);
    expect(steps.flatMap(({ hypotheses }) => hypotheses).sort()).toEqual([...hypothesisIds].sort());
  });

  it('stands at the first where a rebuild gets on and nothing was found', () => {
    const model = modelOf({ verdicts: [works, still] });
    expect(model.decision.at).toBe('moving');
    expect(stepOf(model, 'moving')).toMatchObject({
      answer: 'yes',
      basis: { kind: 'progress', moving: 1, of: 2 },
      next: { kind: 'wait' },
    });
  });

  it('says that nothing runs rather than that nothing moves', () => {
    const model = modelOf({});
    expect(stepOf(model, 'moving')).toMatchObject({ answer: 'open', basis: { kind: 'nothing-runs' } });
    expect(standingText(model)).toBe('moving? open nothing of Nix runs here');
  });

  it('goes to the cause that is found, past what is open', () => {
    const model = modelOf({
      verdicts: [still],
      findings: [found],
      hypotheses: known({ disk: untested({ kind: 'probe' }) }),
    });
    expect(stepOf(model, 'disk')).toMatchObject({ answer: 'open' });
    expect(model.decision.at).toBe('build');
    expect(stepOf(model, 'build')).toMatchObject({
      answer: 'yes',
      next: { kind: 'remedy', finding: found.id },
    });
  });

  it('does not advise to wait before it can know that all get on', () => {
    const next = (build: Ground) =>
      stepOf(modelOf({ verdicts: [works], hypotheses: known({ build }) }), 'moving')?.next;
    expect(next(untested({ kind: 'time' }))).toEqual({ kind: 'time' });
    expect(next(refuted)).toEqual({ kind: 'wait' });
  });

  it('says no more than that they seem to, until then', () => {
    const told = (build: Ground, verdicts: readonly Verdict[]) =>
      decisionLines(modelOf({ verdicts, hypotheses: known({ build }) }), { columns: 100 }).find((line) =>
        line.includes(questions.moving.whole),
      );
    const soon = untested({ kind: 'time' });
    expect(told(soon, [works])).toMatch(/ it seems to get on$/);
    expect(told(soon, [works, works])).toMatch(/ all of 2 seem to get on$/);
    expect(told(refuted, [works, works])).toMatch(/ all of 2 get on$/);
  });

  it('stands at what is said first where several are critical', () => {
    const limit: Finding = { ...found, id: 'memory-limit', hypothesis: 'memory-limit' };
    const at = (findings: readonly Finding[]) => modelOf({ verdicts: [still], findings }).decision.at;
    expect(at([found, limit])).toBe('build');
    expect(at([limit, found])).toBe('memory');
    // Where nothing is critical the order of the questions decides.
    expect(at([found, limit].map((one) => ({ ...one, level: 'warning' as const })))).toBe('memory');
  });

  it('asks for the probe that settles what is likely, and for a remedy once it has run', () => {
    const likely = { ...found, state: 'likely' as const };
    const model = modelOf({ verdicts: [still], findings: [likely] });
    const next = stepOf(model, 'build')?.next;
    expect(next).toMatchObject({ kind: 'probe', probe: 'stack', running: false });
    const subject = next?.kind === 'probe' ? next.subject : null;
    expect(subject).toMatch(/^\d+:\d+$/);
    const running = { id: 'stack', subject, startedMs: 0, progress: null } as const;
    const runs = modelOf({ ...model, probes: { running: [running], results: [] } });
    expect(stepOf(runs, 'build')?.next).toMatchObject({ kind: 'probe', running: true });
    const value = { places: [], samples: 20, stack: null };
    const result = { id: 'stack', subject, startedMs: 0, endedMs: 1, ok: true, value } as const;
    const done = modelOf({ ...model, probes: { running: [], results: [result] } });
    expect(stepOf(done, 'build')?.next).toEqual({ kind: 'remedy', finding: found.id });
  });

  it('leaves open what is only possible, and does not answer by what is merely worth knowing', () => {
    const possible = modelOf({ verdicts: [still], findings: [{ ...found, state: 'possible' }] });
    expect(stepOf(possible, 'build')?.answer).toBe('open');
    expect(possible.decision.at).toBe('build');
    const fine = modelOf({ verdicts: [still], findings: [{ ...found, level: 'ok' }] });
    expect(stepOf(fine, 'build')?.answer).toBe('no');
  });

  it('never calls refuted what takes a privilege, a log or time to see', () => {
    const root = modelOf({
      verdicts: [still],
      hypotheses: known({ disk: untested({ kind: 'privilege', privilege: 'root' }) }),
    });
    expect(stepOf(root, 'disk')).toMatchObject({ answer: 'open', next: { kind: 'probe', probe: 'smart' } });
    const volume = modelOf({
      verdicts: [still],
      hypotheses: known({ volume: untested({ kind: 'privilege', privilege: 'root' }) }),
    });
    expect(volume.decision.at).toBe('volume');
    expect(stepOf(volume, 'volume')?.next).toEqual({ kind: 'privilege', privilege: 'root' });
    const soon = modelOf({ verdicts: [still], hypotheses: known({ space: untested({ kind: 'time' }) }) });
    expect(stepOf(soon, 'space')).toMatchObject({ answer: 'open', next: { kind: 'time' } });
    const none = modelOf({ verdicts: [still], hypotheses: [] });
    expect(stepOf(none, 'paused')).toMatchObject({ answer: 'open', next: { kind: 'time' } });
  });

  it('passes what this system does not tell', () => {
    const model = modelOf({
      verdicts: [still],
      hypotheses: known({ disk: untested({ kind: 'unsupported' }) }),
    });
    expect(stepOf(model, 'disk')).toMatchObject({ answer: 'open', next: null });
    expect(model.decision.at).toBe('evaluate');
  });

  it('names who is waited for before a rule calls it a finding', () => {
    const model = modelOf({ verdicts: [lockWait] });
    expect(model.decision.at).toBe('waiting');
    expect(stepOf(model, 'waiting')).toMatchObject({ answer: 'yes', next: { kind: 'wait' } });
    const partner = { kind: 'cache', peer: 'https://cache.example', moving: 0, asked: 3 } as const;
    const cache = modelOf({ verdicts: [{ ...lockWait, reason: { kind: 'wait', partner } }] });
    expect(cache.decision.at).toBe('network');
  });

  it('stands at what is critical, and at a finding before a mere wait', () => {
    const space = { ...(busy.findings[1] as Finding), level: 'warning' as const };
    const both = modelOf({ verdicts: [lockWait, still], findings: [found, space] });
    expect(both.decision.at).toBe('build');
    const one = modelOf({ verdicts: [lockWait, still], findings: [space] });
    expect(one.decision.at).toBe('space');
  });

  it('goes on from a faulty evaluation to the import', () => {
    const stands = { verdicts: [still] };
    const asks = modelOf(stands);
    expect(asks.decision.at).toBe('evaluate');
    const loops = modelOf({ ...stands, probes: { running: [], results: [evaluated({ end: 'memory' })] } });
    expect(loops.decision.at).toBe('minimal');
    expect(stepOf(loops, 'minimal')?.next).toMatchObject({ kind: 'probe', probe: 'bisection' });
    const named = modelOf({
      ...stands,
      probes: { running: [], results: [evaluated({ end: 'stack' }), bisected(['/etc/nixos/loop.nix'])] },
    });
    expect(named.decision.at).toBe('bisect');
    expect(standingText(named)).toBe('bisect? YES /etc/nixos/loop.nix');
    const bare = modelOf({
      ...stands,
      probes: { running: [], results: [evaluated({ end: 'time' }), bisected([], true)] },
    });
    expect(bare.decision.at).toBe('minimal');
    const sound = modelOf({ ...stands, probes: { running: [], results: [evaluated({})] } });
    expect(stepOf(sound, 'evaluate')?.answer).toBe('no');
    expect(sound.decision.at).toBeNull();
  });

  it('stays the same object while nothing changes', () => {
    const model = modelOf({ verdicts: [still], findings: [found] });
    expect(decide({ ...model }, model.decision)).toBe(model.decision);
  });
});

describe('its words', () => {
  const model = modelOf({
    verdicts: [still, lockWait],
    hypotheses: known({
      disk: untested({ kind: 'probe' }),
      volume: untested({ kind: 'privilege', privilege: 'root' }),
    }),
  });

  it.each([120, 80, 60, 40])('fit %i columns, with and without Unicode', (columns) => {
    for (const unicode of [true, false]) {
      const lines = decisionLines(model, { columns, unicode });
      expect(lines).toHaveLength(questionIds.length + 1);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what it must not leave
      if (!unicode) expect(lines.join('\n')).toMatch(/^[\x00-\x7f]*$/);
    }
  });

  it('show where it stands and what comes next', () => {
    const lines = decisionLines(model, { columns: 100 });
    expect(lines.filter((line) => line.includes('▶'))).toHaveLength(1);
    const here = lines.findIndex((line) => line.includes('▶'));
    expect(lines[here]).toContain(questions.waiting.whole);
    expect(lines[here + 1]).toMatch(/^│ {2}└─ next: wait/);
    expect(lines.find((line) => line.includes(questions.volume.whole))).toMatch(/open +needs root$/);
    expect(lines.find((line) => line.includes(questions.moving.whole))).toMatch(
      /no +none of 2 get on; .*STUCK/,
    );
  });
});
