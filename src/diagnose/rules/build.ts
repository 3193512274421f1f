/** A build that is stuck, or computes and gets nowhere, by itself: as the verdict on it says. */
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Verdict } from '../../model/diagnosis/verdict.ts';
import type { Build } from '../../model/model.ts';
import { type Rule, refuted, unlikely, untested } from '../rule.ts';

export const buildRule: Rule = {
  id: 'build',
  probes: ['stack'],
  look({ model }) {
    const findings: FindingDraft[] = [];
    let open = false;
    for (const verdict of model.verdicts) {
      const { subject, reason, state } = verdict;
      if (subject.kind !== 'build') continue;
      if (state !== 'working') open = true;
      if (reason.kind !== 'idle' && reason.kind !== 'spinning') continue;
      // A pause between two things is none yet; of a loop the first two minutes are long enough.
      if (state !== 'stuck' && reason.kind !== 'spinning') continue;
      const build = model.builds.find(
        (one) => one.pid === subject.pid && one.startTime === subject.startTime,
      );
      if (build !== undefined) findings.push(stuckBuild(verdict, build));
    }
    if (model.builds.length === 0) return { findings, ground: untested({ kind: 'time' }) };
    return { findings, ground: open ? unlikely() : refuted() };
  },
};

function stuckBuild(verdict: Verdict, build: Build): FindingDraft {
  const { state, certainty, sinceMs, evidence, reason } = verdict;
  const { pid, startTime } = build;
  return {
    subject: { kind: 'build', pid, startTime },
    level: state === 'stuck' ? 'critical' : 'warning',
    state: state === 'stuck' ? (certainty === 'certain' ? 'confirmed' : 'likely') : 'possible',
    found: {
      kind: 'build-stuck',
      build: build.name ?? `${pid}`,
      how: reason.kind === 'spinning' ? 'spinning' : 'idle',
    },
    evidence,
    sinceMs,
    probe: 'stack',
  };
}
