/** What is said wherever one looks, and not only where it is asked for. */
import type { Finding } from './finding.ts';

/** There is something to mend, and it is not a mere possibility. */
export function isWorthALine({ level, state }: Pick<Finding, 'level' | 'state'>): boolean {
  return level !== 'ok' && (state === 'likely' || state === 'confirmed');
}
