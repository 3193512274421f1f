/** Polls the Nix forest (clients, builds, their processes) while mounted. */
import { useSource } from './use-source.ts';

export function useBuildTree(everyMs?: number): void {
  useSource('buildTree', everyMs);
}
