/** What a rebuild, with its builds, has taken since it began: by its own memory, and by what the machine has less. */
import { identityKey } from '../../base/identity.ts';
import { pro } from '../../diagnose/judgement.ts';
import type { Build, Client, Model } from '../../model/model.ts';
import type { Candidate, GuardRule, GuardScene } from '../rule.ts';
import { clientsOf, localBuilds, mostFirst, youngestHeavyFirst } from '../victims.ts';

interface Baseline {
  /** When it was seen first; null: nobody could read it yet. */
  readonly ownBytes: number | null;
  /** The most that the machine has had since. */
  readonly availableBytes: number;
}

export const memoryDeltaRule: GuardRule<'memory-delta'> = {
  id: 'memory-delta',
  look(scene) {
    const { settings, scope, builds, clients, model } = scene;
    const { limit } = settings.rules['memory-delta'].numbers;
    if (limit <= 0) return null;
    const { availableBytes } = model.memory;
    if (availableBytes === null) return [];
    if (scope !== null) {
      const name = clients.find(({ pid }) => pid === scope.pid)?.command ?? clients[0]?.command ?? null;
      const who = { subject: { kind: 'machine' }, name, builds, clients } as const;
      return [candidateOf('scope', who, availableBytes, limit, scene)];
    }
    const candidates = clients.map((client) => {
      const { pid, startTime, command } = client;
      const own = builds.filter((build) => clientsOf(build, clients)[0] === client);
      const who = { subject: { kind: 'client', pid, startTime }, name: command } as const;
      return candidateOf(
        `client ${identityKey(client)}`,
        { ...who, builds: own, clients: [client] },
        ...[availableBytes, limit, scene],
      );
    });
    return candidates.toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  },
};

function candidateOf(
  key: string,
  who: Pick<Candidate, 'subject' | 'name' | 'builds' | 'clients'>,
  availableBytes: number,
  limit: number,
  { keep, model }: GuardScene,
): Candidate {
  const ownBytes = heldBy(who.builds, who.clients, model);
  // What it held when it was seen first is not counted; before that nobody knows what the machine had. What others have
  // given back since must not hide what it has taken.
  const first = keep<Baseline>(`baseline ${key}`, (before) => ({
    ownBytes: before?.ownBytes ?? ownBytes,
    availableBytes: Math.max(before?.availableBytes ?? 0, availableBytes),
  }));
  const took = ownBytes === null || first.ownBytes === null ? null : Math.max(0, ownBytes - first.ownBytes);
  const less = first.availableBytes - availableBytes;
  const heavy = mostFirst(localBuilds(who.builds), residentOf);
  return {
    ...{ ...who, value: took, limit, unit: 'bytes', over: took !== null && took >= limit },
    worsening: null,
    agrees: less >= limit,
    evidence: [pro('resident', ownBytes, 'bytes'), pro('memory.available', availableBytes, 'bytes')],
    builds: heavy,
    pauses: youngestHeavyFirst(heavy, residentOf),
  };
}

function residentOf({ residentBytes }: Build): number {
  return residentBytes ?? 0;
}

/** Null: of none of them it can be read. */
function heldBy(builds: readonly Build[], clients: readonly Client[], { workers }: Model): number | null {
  const pids = new Set(clients.flatMap(({ pid, processes }) => [pid, ...processes.map((one) => one.pid)]));
  const own = workers.filter(({ clientPid }) => clientPid !== null && pids.has(clientPid));
  const all = [...localBuilds(builds), ...clients, ...own];
  if (all.length > 0 && all.every(({ residentBytes }) => residentBytes === null)) return null;
  return all.reduce((sum, { residentBytes }) => sum + (residentBytes ?? 0), 0);
}
