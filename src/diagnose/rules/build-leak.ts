/** A build whose memory grows without end: how much, how fast, and when nothing is left. */

import { identityKey } from '../../base/identity.ts';
import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { Build, Model } from '../../model/model.ts';
import { programOf } from '../asleep.ts';
import { nameOfBuild } from '../build-name.ts';
import { followGrowth, growthEvidence } from '../follow-growth.ts';
import type { Leak } from '../growth.ts';
import { type Rule, refuted, unlikely, untested } from '../rule.ts';

export const buildLeakRule: Rule = {
  id: 'build-leak',
  probes: [],
  look(scene) {
    const { model, nowMs, thresholds } = scene;
    const findings: FindingDraft[] = [];
    let isLooked = false;
    let isWatched = true;
    for (const build of model.builds) {
      const { residentBytes, residentBy, host } = build;
      if (host !== null) continue;
      const key = identityKey(build);
      // Whether it grows is known after a while; before, only nothing speaks for it.
      const sinceMs = scene.since(`watched ${key}`, residentBytes !== null);
      isWatched &&= sinceMs !== null && nowMs - sinceMs >= thresholds.growthWindowSec * 1000;
      if (residentBytes === null) continue;
      isLooked = true;
      const leak = followGrowth(key, { bytes: residentBytes, measure: residentBy }, scene);
      if (leak !== null) findings.push(leaking(build, leak, model));
    }
    if (!isLooked) return { findings, ground: untested({ kind: 'time' }) };
    return { findings, ground: isWatched ? refuted() : unlikely() };
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
