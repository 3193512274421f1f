/** How bad it was, by rules of which the first that holds decides. */
import type { Found } from '../model/diagnosis/found.ts';
import {
  type CriticalSpan,
  type Impact,
  type Severity,
  type Suspect,
  severityRules,
} from '../model/incident/incident.ts';

/** What may have taken data with it. */
const damage: readonly Found['kind'][] = [
  'disk-errors',
  'disk-state',
  'smart',
  'bad-blocks',
  'layer-errors',
  'filesystem-errors',
  'read-only',
  'store-damaged',
  'path-damaged',
  'database-damaged',
  'memory-errors',
];

const lastingSec = 600;
const minuteSec = 60;

export interface SeverityFacts {
  readonly critical: CriticalSpan | null;
  readonly impact: Impact;
  readonly suspects: readonly Suspect[];
  /** Somebody was killed for want of memory who had nothing to do with Nix. */
  readonly bystander: boolean;
  /** The recording ends in the midst of it: the machine may have frozen. */
  readonly unended: boolean;
}

export function severityOf({ critical, impact, suspects, bystander, unended }: SeverityFacts): Severity {
  const damaged = suspects.some(({ finding: { level, state, found } }) => {
    return level === 'critical' && state !== 'possible' && damage.includes(found.kind);
  });
  const holds: Readonly<Record<Severity['rule'], boolean>> = {
    data: damaged,
    bystander,
    unended,
    lasting: critical !== null && critical.lengthSec >= lastingSec,
    lost: critical !== null && impact.lost.length > 0,
    killed: impact.kills > 0,
    minute: critical !== null && critical.lengthSec >= minuteSec,
    failed: impact.lost.length > 0 || impact.rebuilds.some(({ level }) => level !== 'ok'),
    critical: critical !== null,
    calm: true,
  };
  const rule = severityRules.find(({ id }) => holds[id]) ?? severityRules[severityRules.length - 1];
  return { level: rule?.severity ?? 'none', rule: rule?.id ?? 'calm' };
}
