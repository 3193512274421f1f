/** A build that stands still because somebody stopped it: with a signal, or by the freezer of its cgroup. */

import { sameProcess } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import { nameOfBuild } from '../build-name.ts';
import { noneSeen, type Rule, refuted } from '../rule.ts';

export const pausedRule: Rule = {
  id: 'paused',
  probes: [],
  look({ model }) {
    const findings = model.verdicts.flatMap(({ subject, reason, sinceMs, evidence }): FindingDraft[] => {
      if (subject.kind !== 'build' || reason.kind !== 'stopped') return [];
      const build = model.builds.find((one) => sameProcess(one, subject));
      if (build === undefined) return [];
      return [
        {
          subject,
          level: 'warning',
          state: 'confirmed',
          found: {
            kind: 'paused',
            build: nameOfBuild(build),
            by: reason.frozen ? 'freezer' : 'signal',
            cgroup: reason.frozen ? reason.cgroup : null,
            fromNixpulse: reason.fromNixpulse,
            ...(reason.guard && { guard: true }),
          },
          evidence,
          sinceMs,
        },
      ];
    });
    return { findings, ground: model.builds.length === 0 ? noneSeen('builds', model) : refuted() };
  },
};
