/** What is said wherever one looks, and not only where it is asked for. */
import type { Finding } from './finding.ts';

/** There is something to mend, it is not a mere possibility, and no row of its own says it: a pause was asked for. */
export function isWorthALine({ level, state, found }: Pick<Finding, 'level' | 'state' | 'found'>): boolean {
  return level !== 'ok' && found.kind !== 'paused' && (state === 'likely' || state === 'confirmed');
}
