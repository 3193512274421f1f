/** Builds and clients that the guard may touch: an activation, and what it builds, is left alone. */
import { isActivating } from '../model/forest/derive-activation.ts';
import type { Build, Client, Model } from '../model/model.ts';
import type { GuardScene, GuardScope } from './rule.ts';

export function touchable(
  { builds, clients }: Pick<Model, 'builds' | 'clients'>,
  scope: GuardScope | null,
): Pick<GuardScene, 'builds' | 'clients'> {
  const own = clients.filter((client) => isOurs(client, scope) && !isActivating(client));
  const pids = new Set(own.flatMap(pidsOf));
  const spared = new Set(clients.filter(isActivating).flatMap(pidsOf));
  const isTouchable = ({ clientPid }: Build) =>
    scope === null ? clientPid === null || !spared.has(clientPid) : clientPid !== null && pids.has(clientPid);
  return { builds: builds.filter(isTouchable), clients: own };
}

/** The command that a guard runs itself may be cancelled, also where no client of it is seen; never midway of a switch. */
export function mayCancelCommand({ clients }: Pick<Model, 'clients'>, scope: GuardScope | null): boolean {
  return scope !== null && !clients.some((client) => isOurs(client, scope) && isActivating(client));
}

function isOurs(client: Client, scope: GuardScope | null): boolean {
  return scope === null || scope.clientPids?.has(client.pid) === true || pidsOf(client).includes(scope.pid);
}

function pidsOf({ pid, processes }: Client): readonly number[] {
  return [pid, ...processes.map((process) => process.pid)];
}
