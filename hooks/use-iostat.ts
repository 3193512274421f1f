/** Polls disks and file systems while mounted. */
import { useSource } from './use-source.ts';

export function useIostat(everyMs?: number): void {
  useSource('iostat', everyMs);
}
