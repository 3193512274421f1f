/** Which client a build is for, and whether a client is still what it was called. */

import { type ProcessIdentity, sameProcess } from '../base/identity.ts';
import { keepGoing } from '../model/forest/derive-clients.ts';
import { clientFinder } from '../model/forest/derive-forest.ts';
import type { Forest } from '../model/forest/forest.ts';
import type { ClientGroup } from '../model/forest/forest-clients.ts';
import type { BuildTarget, ClientTarget } from '../model/intents/intent.ts';
import type { ProcessRaw } from '../model/sample.ts';
import { isLiving } from './belongs.ts';
import { targetOfClient } from './targets.ts';

export interface OwningClient extends ClientTarget {
  readonly keepGoing: boolean | null;
}

/** The outermost client of a build; null where it has none any more. */
export function clientOfBuild({ root }: BuildTarget, forest: Forest): OwningClient | null {
  const process = forest.byPid.get(root.pid);
  if (process === undefined || !sameProcess(process, root)) return null;
  const pid = clientOf(process, forest);
  const group = forest.clients.find((client) => client.process.pid === pid);
  return group === undefined ? null : { ...targetOfClient(group), keepGoing: keepGoing(group.processes) };
}

/** Pid of the outermost client that a builder root works for; that client may have ended. */
export function clientOf(root: ProcessRaw, forest: Forest): number | null {
  return clientFinder(forest)(root);
}

/** The client as it is now; null when it ended or became another program. */
export function groupOf(client: ProcessIdentity, forest: Forest): ClientGroup | null {
  return forest.clients.find(({ process }) => sameProcess(process, client)) ?? null;
}

export function isThere(identity: ProcessIdentity, forest: Forest): boolean {
  const process = forest.byPid.get(identity.pid);
  return process !== undefined && sameProcess(process, identity) && isLiving(process);
}
