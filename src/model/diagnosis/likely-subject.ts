/** What a probe is to look at where nobody names it: what was found, else what carries the store, or what a client builds. */
import type { Model } from '../model.ts';
import { likelyConfiguration } from './client-configuration.ts';
import type { Finding, FindingSubject } from './finding.ts';
import type { ProbeId } from './probe.ts';
import { probeSubject } from './probe-subject.ts';
import { probeRow } from './probe-table.ts';

/** A rule that tells of a client may know which of its processes does not get on. */
type About = Pick<Finding, 'subject'> & Partial<Pick<Finding, 'found'>>;

/** Null: the machine, or its own choice; undefined: somebody has to say which one. */
export function likelySubject(
  probe: ProbeId,
  finding: About | null,
  model: Pick<Model, 'disks' | 'clients'>,
): string | null | undefined {
  const row = probeRow(probe);
  if (row.subject === 'flake') return likelyConfiguration(finding?.subject ?? null, model);
  const named = probeSubject(row, finding === null ? { kind: 'machine' } : subjectOf(probe, finding));
  if (row.subject !== 'device' || typeof named === 'string') return named;
  return storeDevice(probe, model) ?? named;
}

function subjectOf(probe: ProbeId, { subject, found }: About): FindingSubject {
  const process = probe === 'stack' && found?.kind === 'hook-waits' ? found.process : null;
  return process === null ? subject : { kind: 'process', pid: process.pid, startTime: process.startTime };
}

/** What the store lies on: for its speed the layer above, else the disk at the bottom. */
function storeDevice(probe: ProbeId, { disks }: Pick<Model, 'disks'>): string | undefined {
  const carrying = disks.filter(({ carries }) => carries.includes('/nix'));
  const own = carrying.length > 0 ? carrying : disks.filter(({ carries }) => carries.includes('/'));
  const layered = own.find(({ slaves }) => slaves.length > 0);
  const bottom = own.find(({ slaves }) => slaves.length === 0);
  return (probe === 'read-speed' ? (layered ?? bottom) : bottom)?.device;
}
