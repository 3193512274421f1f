/** Polls memory and the VmRSS of the Nix forest while mounted. */
import { useSource } from './use-source.ts';

export function useResidentMemory(everyMs?: number): void {
  useSource('residentMemory', everyMs);
}
