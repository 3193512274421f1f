/** Whether the machine is in such need that a heavy probe waits. */
import type { Shortage } from '../model.ts';

export function criticalFor(shortages: readonly Shortage[]): 'memory' | 'io' | null {
  const needed = ({ level, resource }: Shortage) =>
    level === 'critical' && (resource === 'memory' || resource === 'io');
  const worst = shortages.find(needed);
  return worst === undefined ? null : worst.resource === 'memory' ? 'memory' : 'io';
}
