/** What is under way: a client and the rebuild that its log tells of are one and the same thing. */
import { sameProcess } from '../../base/identity.ts';
import type { Client, Model } from '../model.ts';
import type { FollowedRebuild } from './followed.ts';

/** Never both null. */
export interface Work {
  readonly client: Client | null;
  readonly followed: FollowedRebuild | null;
}

/** Rebuilds that are not over, with their clients, then the clients whose log nobody follows. */
export function workOf({ clients, rebuilds }: Pick<Model, 'clients' | 'rebuilds'>): readonly Work[] {
  const open = rebuilds.filter(({ over }) => !over);
  if (open.length === 0) return clients.map((client) => ({ client, followed: null }));
  const taken = new Set<Client>();
  // What was heard last is what the client does now.
  const works = open
    .toSorted((a, b) => b.rebuild.updatedMs - a.rebuild.updatedMs)
    .map((followed): Work => {
      const { client: identity } = followed;
      const client =
        identity === null ? undefined : clients.find((one) => sameProcess(one, identity) && !taken.has(one));
      if (client !== undefined) taken.add(client);
      return { client: client ?? null, followed };
    });
  return [
    ...works,
    ...clients.filter((client) => !taken.has(client)).map((client) => ({ client, followed: null })),
  ];
}
