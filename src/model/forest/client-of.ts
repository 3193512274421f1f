/** Whose process it is: nixos-rebuild is the client, the daemon serves the nix-build below it. */
import type { Client } from '../model.ts';

/** The client whose tree has this process; null: none that is seen. */
export function clientOf(clients: readonly Client[], pid: number | null): Client | null {
  return clients.find(({ processes }) => processes.some((one) => one.pid === pid)) ?? null;
}
