/** A rebuild goes on for longer than it may: the one that a guard runs itself, or any on the machine. */
import { pro } from '../../diagnose/judgement.ts';
import type { Client } from '../../model/model.ts';
import type { Candidate, GuardRule, GuardScene } from '../rule.ts';
import { clientsOf } from '../victims.ts';

/** Of these a rebuild is made; others are shells, services, or a collection of garbage. */
const rebuilding: ReadonlySet<Client['phase']> = new Set(['evaluating', 'building', 'copying', 'waiting']);

export const rebuildTimeRule: GuardRule<'rebuild-time'> = {
  id: 'rebuild-time',
  look(scene) {
    const { settings, scope, nowMs, clients } = scene;
    const { limit } = settings.rules['rebuild-time'].numbers;
    if (limit <= 0) return null;
    if (scope !== null) {
      const sec = Math.max(0, (nowMs - scope.startedMs) / 1000);
      const subject = { kind: 'machine' } as const;
      const name = clients.find(({ pid }) => pid === scope.pid)?.command ?? clients[0]?.command ?? null;
      return [candidateOf(sec, limit, { subject, name, builds: scene.builds, clients })];
    }
    return clients
      .filter(({ phase }) => rebuilding.has(phase))
      .map((client) => ofClient(client, limit, scene))
      .toSorted((a, b) => (b.value ?? 0) - (a.value ?? 0));
  },
};

function ofClient(client: Client, limit: number, { builds, clients }: GuardScene): Candidate {
  const { pid, startTime, command, ageSec } = client;
  return candidateOf(ageSec, limit, {
    ...{ subject: { kind: 'client', pid, startTime }, name: command, clients: [client] },
    builds: builds.filter((build) => clientsOf(build, clients)[0] === client),
  });
}

function candidateOf(
  sec: number | null,
  limit: number,
  who: Pick<Candidate, 'subject' | 'name' | 'builds' | 'clients'>,
): Candidate {
  return {
    ...{ ...who, value: sec === null ? null : Math.floor(sec), limit, unit: 's' },
    ...{ over: sec !== null && sec >= limit, worsening: null, agrees: null },
    evidence: [pro('age', sec === null ? null : Math.floor(sec), 's')],
  };
}
