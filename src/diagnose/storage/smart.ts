/** What a disk says of itself: which of it is a failure, and which only history. */

import type { FindingDraft } from '../../model/diagnosis/finding.ts';
import type { DiskFound } from '../../model/diagnosis/found-disk.ts';
import type { ProbeValues } from '../../model/diagnosis/probe-values.ts';
import type { Evidence } from '../../model/diagnosis/verdict.ts';
import { pro } from '../judgement.ts';

type Smart = ProbeValues['smart'];
type How = Extract<DiskFound, { readonly kind: 'smart' }>['how'];
type Judged = Pick<FindingDraft, 'level' | 'state'>;

/** smartctl(8), EXIT STATUS: bits. */
const bit = { failing: 8, prefail: 16, past: 32, errorLog: 64, selfTestLog: 128 } as const;

const judged: Readonly<Record<How, Judged>> = {
  failing: { level: 'critical', state: 'confirmed' },
  spare: { level: 'critical', state: 'confirmed' },
  prefail: { level: 'critical', state: 'likely' },
  sectors: { level: 'warning', state: 'likely' },
  worn: { level: 'warning', state: 'possible' },
  // Of some time ago, or of another cable: nothing that goes away, and nothing to do.
  past: { level: 'ok', state: 'possible' },
  history: { level: 'ok', state: 'possible' },
  cable: { level: 'ok', state: 'possible' },
};

/** Null: it is well, as far as it says. */
export function smartFinding(device: string, smart: Smart): FindingDraft | null {
  const how = smart.standby ? null : howOf(smart);
  if (how === null) return null;
  const { model, reallocated, pending, mediaErrors, percentUsed } = smart;
  return {
    subject: { kind: 'device', device },
    ...judged[how],
    found: { kind: 'smart', device, model, how, reallocated, pending, mediaErrors, percentUsed },
    evidence: evidenceOf(smart),
    sinceMs: null,
    ...(how === 'sectors' && { probe: 'bad-blocks' as const }),
  };
}

function howOf(smart: Smart): How | null {
  const { exitStatus, passed, spareBelowThreshold, pending, mediaErrors, reallocated, percentUsed } = smart;
  if (passed === false || (exitStatus & bit.failing) !== 0) return 'failing';
  if (spareBelowThreshold === true) return 'spare';
  if ((exitStatus & bit.prefail) !== 0) return 'prefail';
  if (isSome(pending) || isSome(mediaErrors) || isSome(reallocated)) return 'sectors';
  if ((percentUsed ?? 0) >= 100) return 'worn';
  if ((exitStatus & bit.past) !== 0) return 'past';
  if ((exitStatus & (bit.errorLog | bit.selfTestLog)) !== 0) return 'history';
  return isSome(smart.cableErrors) ? 'cable' : null;
}

function evidenceOf(smart: Smart): readonly Evidence[] {
  const counts = ['pending', 'reallocated', 'mediaErrors', 'cableErrors'] as const;
  return [
    pro('smart.exitStatus', smart.exitStatus, 'none'),
    ...counts.flatMap((name) => (isSome(smart[name]) ? [pro(`smart.${name}`, smart[name], 'none')] : [])),
  ];
}

function isSome(count: number | null): boolean {
  return count !== null && count > 0;
}
