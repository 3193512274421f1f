/** A build whose memory grows without end: how much, how fast, and when nothing is left. */

import { identityKey } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Ground } from '../../model/diagnosis/hypothesis.ts';
import type { Build, Model } from '../../model/model.ts';
import { programOf } from '../asleep.ts';
import { nameOfBuild } from '../build-name.ts';
import { followGrowth, growthEvidence } from '../follow-growth.ts';
import type { Leak } from '../growth.ts';
import { pro } from '../judgement.ts';
import { noneSeen, type Rule, refuted, type Scene, unlikely, untested } from '../rule.ts';

export const buildLeakRule: Rule = {
  id: 'build-leak',
  probes: [],
  watchSec: ({ leakSec }) => leakSec,
  look(scene) {
    const { model } = scene;
    const findings: FindingDraft[] = [];
    let largest: number | null = null;
    for (const build of model.builds) {
      const { residentBytes, residentBy, host } = build;
      if (residentBytes === null || host !== null) continue;
      largest = Math.max(largest ?? 0, residentBytes);
      const leak = followGrowth(identityKey(build), { bytes: residentBytes, measure: residentBy }, scene);
      if (leak !== null) findings.push(leaking(build, leak, model));
    }
    return { findings, ground: groundOf(largest, scene) };
  },
};

/** What holds much may grow yet. */
function groundOf(largest: number | null, { model, thresholds }: Scene): Ground {
  if (largest === null)
    return model.builds.length === 0 ? noneSeen('builds', model) : untested({ kind: 'time' });
  const totalBytes = model.memory.totalBytes ?? 0;
  const isLarge = totalBytes > 0 && largest >= (thresholds.leakPercent / 100) * totalBytes;
  return isLarge ? unlikely(pro('resident', largest, 'bytes')) : refuted();
}

function leaking(build: Build, leak: Leak, model: Model): FindingDraft {
  const { pid, startTime } = build;
  const { level, sinceMs, ...growing } = leak;
  return {
    subject: { kind: 'build', pid, startTime },
    level,
    // That it never ends nobody can know.
    state: level === 'ok' ? 'possible' : 'likely',
    found: { kind: 'build-leak', build: nameOfBuild(build), ...growing, process: heaviest(build) },
    evidence: growthEvidence(leak, model),
    sinceMs,
  };
}

function heaviest({ tree }: Build): { readonly pid: number; readonly program: string } | null {
  let most: Build['tree'][number] | null = null;
  for (const one of tree) if ((one.residentBytes ?? 0) > (most?.residentBytes ?? 0)) most = one;
  return most === null ? null : { pid: most.pid, program: programOf(most) };
}
