/** Polls PSI and CPU while mounted. */
import { useSource } from './use-source.ts';

export function usePressure(everyMs?: number): void {
  useSource('pressure', everyMs);
}
