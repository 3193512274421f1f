/** What of a Model is of the rebuild that is scored. */
import { identityKey } from '../base/identity.ts';
import type { Build, Client, Model } from '../model/model.ts';
import type { StreamOrigin } from '../model/rebuild/followed.ts';

/** Null: everything of Nix on the machine, as of a recording. */
export type ScoreScope = {
  /** Of the command; null: it could not be started, or is not ours. */
  readonly pid: number | null;
  readonly origin: StreamOrigin['kind'];
} | null;

export interface OwnPart {
  readonly builds: readonly Build[];
  /** Of builds and clients together; null: nothing of it is seen. */
  readonly residentBytes: number | null;
}

export function ownPart(model: Model, scope: ScoreScope): OwnPart {
  const { builds, clients, totals } = model;
  if (scope === null) return { builds, residentBytes: totals.residentBytes };
  const followed = model.rebuilds.filter(({ origin }) => origin.kind === scope.origin);
  const ids = new Set(followed.map(({ id }) => id));
  const isOwn = (client: Client) =>
    (scope.pid !== null &&
      (client.pid === scope.pid || client.processes.some(({ pid }) => pid === scope.pid))) ||
    followed.some(({ client: one }) => one !== null && identityKey(one) === identityKey(client));
  const ownClients = clients.filter(isOwn);
  const pids = new Set(ownClients.map(({ pid }) => pid));
  const own = builds.filter(
    ({ clientPid, log }) =>
      (clientPid !== null && pids.has(clientPid)) || (log !== null && ids.has(log.rebuild)),
  );
  return { builds: own, residentBytes: sum([...own, ...ownClients].map((one) => one.residentBytes)) };
}

function sum(amounts: readonly (number | null)[]): number | null {
  const known = amounts.filter((bytes) => bytes !== null);
  return known.length === 0 ? null : known.reduce((all, bytes) => all + bytes, 0);
}
