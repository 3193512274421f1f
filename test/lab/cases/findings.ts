/** Faults of builds and evaluations on a real Nix: how long after its begin each is found. */
import { expect, onTestFinished, test } from 'vitest';
import { defaultThresholds } from '../../../src/diagnose/thresholds.ts';
import { findingText } from '../../../src/format/findings.ts';
import type { Finding } from '../../../src/model/diagnosis/finding.ts';
import type { Found } from '../../../src/model/diagnosis/found.ts';
import type { Model } from '../../../src/model/model.ts';
import { memoryRaw } from '../../model/machine/machine-samples.ts';
import { type Lab, startBuild, startEvaluation } from '../../support/lab.ts';
import { type Judge, lookMs, openJudge } from '../judge.ts';
import { buildsWithNonce, processesOfBuild, readProcess, residentBytesOf } from '../truth.ts';
import { until } from '../wait.ts';

/** What takes minutes is looked at in a twentieth of its time. */
const share = 20;
const mib = 2 ** 20;

interface Told {
  readonly finding: Finding;
  readonly model: Model;
  /** Seconds since `fromMs`. */
  readonly afterSec: number;
}

async function untilFound(
  { untilModel }: Judge,
  kind: Found['kind'],
  pid: number,
  fromMs: number,
  wanted: (finding: Finding) => boolean = () => true,
): Promise<Told> {
  return untilModel(
    kind,
    (model) => {
      const finding = model.findings.find(
        ({ found, subject }) => found.kind === kind && 'pid' in subject && subject.pid === pid,
      );
      if (finding === undefined || !wanted(finding)) return null;
      return { finding, model, afterSec: (performance.now() - fromMs) / 1000 };
    },
    (model) => [model?.findings, model?.verdicts],
  );
}

/** A machine so small that this build or evaluation is all of it: the real one is shared. */
function small(totalBytes: number, residentBytes: () => number) {
  let shortMs: number | null = null;
  return {
    parts: (_: Model | null, atMs: number) => {
      const availableBytes = Math.max(10 * mib, totalBytes - residentBytes());
      const isShort = availableBytes <= (totalBytes * defaultThresholds.leakShortPercent) / 100;
      if (isShort) shortMs ??= performance.now();
      return { memory: { ok: true, atMs, value: memoryRaw({ totalBytes, availableBytes }) } } as const;
    },
    shortMs: () => shortMs ?? Number.NaN,
  };
}

const oneBuild = (nonce: string, processes: number) =>
  until('the build', () => {
    const one = buildsWithNonce(nonce)[0];
    return one !== undefined && processesOfBuild(one).length >= processes && one;
  });

export function findingCases(lab: Lab): void {
  test('a leak of a build is critical once memory is short', async () => {
    const client = startBuild(lab, 'leak', { rate: '30', max: '900', hold: '60' });
    const build = await oneBuild(client.nonce, 1);
    const machine = small(500 * mib, () => residentBytesOf(processesOfBuild(build)));
    const told = await untilFound(
      openJudge({ parts: machine.parts }),
      'build-leak',
      build.pid,
      0,
      ({ level }) => level === 'critical',
    );
    const afterSec = (performance.now() - machine.shortMs()) / 1000;
    console.log(`leak of a build: ${afterSec.toFixed(1)} s; ${findingText(told.finding, told.model)}`);
    expect(afterSec).toBeGreaterThanOrEqual(0);
    expect(told.finding.found).toMatchObject({ build: 'memleak-0.1', process: { pid: build.pid } });
  });

  test('and so is a leak of an evaluation', async () => {
    const client = startEvaluation(lab, 'eval-leak', { steps: '1500', work: '18' });
    const machine = small(400 * mib, () => readProcess(client.pid)?.residentBytes ?? 0);
    const told = await untilFound(
      openJudge({ parts: machine.parts }),
      'client-leak',
      client.pid,
      0,
      ({ level }) => level === 'critical',
    );
    const afterSec = (performance.now() - machine.shortMs()) / 1000;
    console.log(`leak of an evaluation: ${afterSec.toFixed(1)} s; ${findingText(told.finding, told.model)}`);
    expect(afterSec).toBeGreaterThanOrEqual(0);
    expect(told.finding).toMatchObject({ hypothesis: 'evaluation', found: { what: 'evaluation' } });
  });

  // How soon in real time: test/lab/faults.test.ts.
  test.for([
    ['fifo', 1, 'build-stuck', /is stuck: .* waits for the other end of a pipe/],
    ['spin', 1, 'build-stuck', /computes .*gets nowhere/],
    ['zombie', 3, 'unreaped-child', /cat \(\d+\) does not reap its ended child bash/],
  ] as const)('%s is found within two minutes and two looks', async ([how, processes, kind, words]) => {
    const judge = openJudge({ share });
    const client = startBuild(lab, 'standstill', { how });
    const build = await oneBuild(client.nonce, processes);
    const told = await untilFound(judge, kind, build.pid, performance.now());
    console.log(`${how}: ${(told.afterSec * share).toFixed(0)} s; ${findingText(told.finding, told.model)}`);
    expect(findingText(told.finding, told.model)).toMatch(words);
    expect(told.afterSec * share).toBeLessThan(2 * (120 + 4 * (lookMs / 1000) * share));
  });

  test('an evaluation that never ends, at constant memory', async () => {
    const judge = openJudge({ share });
    const client = startEvaluation(lab, 'eval-loop', {});
    // How long it takes to be at its full size is not scaled.
    const told = await untilFound(judge, 'evaluation-loop', client.pid, performance.now());
    const standsSec = (told.model.monotonicMs - told.finding.sinceMs) / 1000;
    console.log(
      `evaluation loop: ${(standsSec * share).toFixed(0)} s; ${findingText(told.finding, told.model)}`,
    );
    expect(standsSec * share).toBeLessThan(2 * (120 + 4 * (lookMs / 1000) * share));
    expect(told.finding).toMatchObject({ level: 'warning', state: 'possible' });
  });

  test('a builder whose client was killed is an orphan, if this Nix leaves it', async () => {
    const judge = openJudge({ share });
    const client = startBuild(lab, 'standstill', { how: 'spin' }, { direct: true, sandbox: false });
    const build = await oneBuild(client.nonce, 1);
    process.kill(client.pid, 'SIGKILL');
    const fromMs = performance.now();
    onTestFinished(() => {
      for (const { pid } of processesOfBuild(build)) process.kill(pid, 'SIGKILL');
    });
    const told = await untilFound(judge, 'orphan-build', build.pid, fromMs);
    console.log(`orphan: ${(told.afterSec * share).toFixed(0)} s; ${findingText(told.finding, told.model)}`);
    expect(told.finding).toMatchObject({ level: 'warning', state: 'confirmed' });
    expect(told.afterSec * share).toBeLessThan(240);
  });
}
