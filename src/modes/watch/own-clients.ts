/** Which clients a command has started, also through programs that are none of Nix: a script, make, a wrapper. */
import { type IdentityKey, identityKey } from '../../base/identity.ts';
import type { Client, Model } from '../../model/model.ts';
import { parseProcessStat } from '../../parse/process-stat.ts';
import type { Files } from '../../platform/ports.ts';

/** Of parents, from a client up: sudo, its monitor, a shell, make, a shell again. */
const mostParents = 32;

/** `pid`: of the command. Resolves to pids of clients. */
export function createOwnClients(files: Pick<Files, 'read'>, pid: number | null) {
  /** Whether each is below the command: asked once, for who is orphaned later was ours all the same. */
  let known: ReadonlyMap<IdentityKey, boolean> = new Map();

  function isBelow(client: Client): boolean {
    if (pid === null) return false;
    let at = client.pid;
    for (let count = 0; count < mostParents && at > 1; count += 1) {
      if (at === pid) return true;
      const text = files.read(`/proc/${at}/stat`);
      const stat = text.ok ? parseProcessStat(text.value) : text;
      if (!stat.ok) return false;
      at = stat.value.ppid;
    }
    return false;
  }

  return ({ clients }: Pick<Model, 'clients'>): ReadonlySet<number> => {
    const now = new Map<IdentityKey, boolean>();
    for (const client of clients) {
      const key = identityKey(client);
      const own = known.get(key) ?? (client.processes.some((one) => one.pid === pid) || isBelow(client));
      now.set(key, own);
    }
    known = now;
    return new Set(clients.filter((client) => now.get(identityKey(client)) === true).map((one) => one.pid));
  };
}

/** Builds of this machine that those clients wait for, the heaviest first. */
export function buildsOfClients(
  { builds, clients }: Pick<Model, 'builds' | 'clients'>,
  own: ReadonlySet<number>,
) {
  const pids = new Set(
    clients
      .filter(({ pid }) => own.has(pid))
      .flatMap(({ pid, processes }) => [pid, ...processes.map((one) => one.pid)]),
  );
  return builds
    .filter(({ clientPid, host }) => host === null && clientPid !== null && pids.has(clientPid))
    .toSorted((a, b) => (b.residentBytes ?? 0) - (a.residentBytes ?? 0));
}
