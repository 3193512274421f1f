/** Builds that stand still on a real Nix, each with its verdict; all times are a twentieth of what they are else. */
import { expect, onTestFinished, test } from 'vitest';
import { defaultThresholds } from '../../../src/diagnose/thresholds.ts';
import { verdictText } from '../../../src/format/verdict.ts';
import type { Verdict } from '../../../src/model/diagnosis/verdict.ts';
import type { Model } from '../../../src/model/model.ts';
import { type Lab, startBuild } from '../../support/lab.ts';
import { lookMs, openJudge } from '../judge.ts';
import { buildsWithNonce, commandLine, processesOfBuild, readProcess } from '../truth.ts';
import { until } from '../wait.ts';

const share = 20;

interface Found {
  readonly verdict: Verdict;
  readonly model: Model;
}

interface VerdictJudge {
  /** Looks until the build's verdict is so. */
  untilVerdict(pid: number, wanted: (verdict: Verdict, model: Model) => boolean): Promise<Found>;
}

function openVerdicts(): VerdictJudge {
  const judge = openJudge({ share });
  return {
    untilVerdict(pid, wanted) {
      const ofBuild = (model: Model | null) =>
        model?.verdicts.find(({ subject }) => subject.kind === 'build' && subject.pid === pid);
      return judge.untilModel(
        'the verdict',
        (model) => {
          const verdict = ofBuild(model);
          return verdict !== undefined && wanted(verdict, model) && { verdict, model };
        },
        ofBuild,
      );
    },
  };
}

async function started(lab: Lab, how: string, processes: number) {
  const { nonce } = startBuild(lab, 'standstill', { how });
  return until(`the ${how} build`, () => {
    const one = buildsWithNonce(nonce)[0];
    return one !== undefined && processesOfBuild(one).length === processes && one;
  });
}

const isStuck = ({ state }: Verdict) => state === 'stuck';
/** As long as it would take with the thresholds as they are. */
const toVerdictSec = ({ verdict, model }: Found) => ((model.monotonicMs - verdict.sinceMs) / 1000) * share;
/** Of looks that are twice a second, and ten seconds apart in this measure; one more where the machine is busy. */
const tickSec = (lookMs / 1000) * share;

export function verdictCases(lab: Lab): void {
  test('a builder that waits for a FIFO is stuck, for certain, after two minutes', async () => {
    const { untilVerdict } = openVerdicts();
    const { pid } = await started(lab, 'fifo', 1);
    const found = await untilVerdict(pid, isStuck);
    expect(found.verdict).toMatchObject({
      certainty: 'certain',
      reason: { kind: 'idle', asleep: { kind: 'pipe', wchan: 'wait_for_partner', pid } },
      unseen: ['lines'],
    });
    expect(toVerdictSec(found)).toBeGreaterThanOrEqual(defaultThresholds.idleSec);
    expect(toVerdictSec(found)).toBeLessThan(defaultThresholds.idleSec + 3 * tickSec);
    expect(verdictText(found.verdict, found.model)).toMatch(/^STUCK .* waits for the other end of a pipe/);
  });

  test('a loop is told after two minutes, as slow and likely', async () => {
    const { untilVerdict } = openVerdicts();
    const { pid } = await started(lab, 'spin', 1);
    const slow = await untilVerdict(pid, ({ reason }) => reason.kind === 'spinning');
    expect(slow.verdict).toMatchObject({ state: 'slow', certainty: 'likely' });
    expect(toVerdictSec(slow)).toBeLessThan(defaultThresholds.spinSec + 3 * tickSec);
    expect(verdictText(slow.verdict, slow.model)).toMatch(/^slow .*: busy without progress/);
  });

  test('a sleeper waits for its time', async () => {
    const { untilVerdict } = openVerdicts();
    const { pid } = await started(lab, 'sleep', 2);
    const { verdict, model } = await untilVerdict(
      pid,
      (one, at) =>
        one.state === 'waiting' && toVerdictSec({ verdict: one, model: at }) > 2 * defaultThresholds.idleSec,
    );
    expect(verdict.reason).toMatchObject({ partner: { kind: 'timer', program: 'sleep' } });
    expect(verdictText(verdict, model)).toMatch(/^waiting .* for a time: sleep sleeps/);
  });

  test('a process that takes no note of its ended child', async () => {
    const { untilVerdict } = openVerdicts();
    const { pid } = await started(lab, 'zombie', 3);
    const { verdict } = await untilVerdict(pid, isStuck);
    expect(verdict.reason).toMatchObject({ asleep: { kind: 'zombie-child', program: 'cat', child: 'bash' } });
  });

  test('a builder that has ended while its worker is stopped', async () => {
    const { untilVerdict } = openVerdicts();
    const build = await started(lab, 'sleep', 2);
    const worker = readProcess(build.pid)?.ppid ?? 0;
    expect(commandLine(worker)[0]).toContain('nix');
    process.kill(worker, 'SIGSTOP');
    onTestFinished(() => void process.kill(worker, 'SIGCONT'));
    for (const { pid } of processesOfBuild(build)) process.kill(pid, 'SIGKILL');
    const { verdict } = await untilVerdict(build.pid, isStuck);
    expect(verdict).toMatchObject({ certainty: 'certain', reason: { asleep: { kind: 'zombies' } } });
  });
}
