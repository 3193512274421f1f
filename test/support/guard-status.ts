/** What a guard says of itself, for tests of who reads it. */
import type { GuardAct, GuardStatus } from '../../src/model/guard/guard.ts';
import { armedGuard } from './model-fixture.ts';

const { directory: _, uid: __, ended: ___, ...said } = armedGuard;

export function guardStatus(over: Partial<GuardStatus> = {}): GuardStatus {
  return { ...said, ...over };
}

export function guardAct(over: Partial<GuardAct> = {}): GuardAct {
  return {
    ...{ atMs: 1, rule: 'memory', action: 'pause', names: ['firefox-130.0'], value: 42, limit: 20 },
    ...{ unit: 'percent', heldSec: 6, evidence: [], dryRun: false, status: 'done' },
    summary: 'paused firefox-130.0 (14 processes)',
    ...over,
  };
}
