/** This machine's part: that the configuration evaluates, and that there is room to build it. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { EvaluationRun } from '../../model/diagnosis/probe-values.ts';

const GB = 1e9;
/** What the deployment guide asks for. */
const wantedFreeBytes = 10 * GB;
const leastFreeBytes = 1 * GB;

/** What was ended at our own limit may still evaluate with more. */
export function configurationItem(run: EvaluationRun): CheckItem {
  const { end, configuration } = run;
  return {
    id: 'configuration',
    subject: configuration,
    state: end === 'done' ? 'ok' : end === 'time' || end === 'memory' ? 'warning' : 'failed',
    found: { kind: 'configuration', run },
  };
}

export function localStore(freeBytes: number): CheckItem {
  return {
    id: 'local-store',
    subject: '/nix/store',
    state: freeBytes < leastFreeBytes ? 'failed' : freeBytes < wantedFreeBytes ? 'warning' : 'ok',
    found: { kind: 'local-store', freeBytes },
  };
}
