/** A build whose memory grows without end: how much, how fast, and when nothing is left. */
import { identityKey } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Build, Model } from '../../model/model.ts';
import { followGrowth, growthEvidence } from '../follow-growth.ts';
import type { Leak } from '../growth.ts';
import { type Rule, refuted, untested } from '../rule.ts';

export const buildLeakRule: Rule = {
  id: 'build-leak',
  probes: [],
  look(scene) {
    const { model } = scene;
    const findings: FindingDraft[] = [];
    let isLooked = false;
    for (const build of model.builds) {
      const { residentBytes, residentBy, host } = build;
      if (residentBytes === null || host !== null) continue;
      isLooked = true;
      const leak = followGrowth(identityKey(build), { bytes: residentBytes, measure: residentBy }, scene);
      if (leak !== null) findings.push(leaking(build, leak, model));
    }
    return { findings, ground: isLooked ? refuted() : untested({ kind: 'time' }) };
  },
};

function leaking(build: Build, leak: Leak, model: Model): FindingDraft {
  const { pid, startTime } = build;
  const { level, sinceMs, ...growing } = leak;
  return {
    subject: { kind: 'build', pid, startTime },
    level,
    // That it never ends nobody can know.
    state: level === 'ok' ? 'possible' : 'likely',
    found: { kind: 'build-leak', build: build.name ?? `${pid}`, ...growing, process: heaviest(build) },
    evidence: growthEvidence(leak, model),
    sinceMs,
  };
}

function heaviest({ tree }: Build): { readonly pid: number; readonly program: string } | null {
  let most: Build['tree'][number] | null = null;
  for (const one of tree) if ((one.residentBytes ?? 0) > (most?.residentBytes ?? 0)) most = one;
  return most === null ? null : { pid: most.pid, program: most.comm };
}
