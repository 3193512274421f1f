/** Which probes settle what is open: those that cost little and need no question first. */
import type { Finding } from '../model/diagnosis/finding.ts';
import { likelySubject } from '../model/diagnosis/likely-subject.ts';
import type { ProbeId } from '../model/diagnosis/probe.ts';
import { probeRow } from '../model/diagnosis/probe-table.ts';
import { resultOf } from '../model/diagnosis/probes-done.ts';
import type { Model } from '../model/model.ts';

export interface WantedProbe {
  readonly probe: ProbeId;
  readonly subject: string | null;
}

/** What is likely first; each probe once for each subject, and none that has run. */
export function settlingProbes(
  model: Pick<Model, 'hypotheses' | 'findings' | 'probes' | 'disks' | 'clients'>,
): WantedProbe[] {
  const wanted = new Map<string, WantedProbe>();
  const add = (probe: ProbeId, finding: Finding | null) => {
    const subject = likelySubject(probe, finding, model);
    if (subject === undefined || probeRow(probe).confirm) return;
    if (resultOf(model.probes, probe, subject) !== null) return;
    wanted.set(`${probe} ${subject}`, { probe, subject });
  };
  for (const { state, ground, findings, probes } of model.hypotheses) {
    if (ground.untested?.kind === 'unsupported' && findings.length === 0) continue;
    const own = model.findings.filter(({ id }) => findings.includes(id));
    for (const finding of own) {
      if (finding.state === 'confirmed') continue;
      for (const probe of finding.probe === null ? probes : [finding.probe]) add(probe, finding);
    }
    if (own.length === 0 && (state === 'untested' || state === 'possible'))
      for (const probe of probes) add(probe, null);
  }
  return [...wanted.values()];
}
