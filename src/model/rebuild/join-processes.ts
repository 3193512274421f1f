/** What logs tell and what the process table shows, put together: which client a rebuild is of, which log a build has. */
import { isSame } from '../../base/same.ts';
import type { Build, Client, Model } from '../model.ts';
import { derivationOfPath } from '../nix-store/store-path.ts';
import { usualOf } from './durations.ts';
import type { BuildLog, FollowedRebuild } from './followed.ts';
import type { Build as LoggedBuild } from './rebuild.ts';

type History = Pick<Model, 'derivations' | 'durations'>;
const noHistory: History = { derivations: new Map(), durations: new Map() };

type Processes = Pick<Model, 'clients' | 'workers'>;

/**
 * `forest`: when the process table was read, for this Sample, before, or never. Who is not in it has ended; what he
 * wrote last is read from the file a moment later, so that he is over with the next reading of the table.
 */
export function joinClients(
  rebuilds: readonly FollowedRebuild[],
  processes: Processes,
  forest: 'now' | 'before' | 'never',
  before: readonly FollowedRebuild[],
): readonly FollowedRebuild[] {
  if (rebuilds.length === 0) return before.length === 0 ? before : rebuilds;
  const known = new Map(before.map((one) => [one.id, one]));
  // Who had ended before we began to look is nobody's news.
  const isPast = (one: FollowedRebuild) => one.early && (one.over || !isThere(one, processes));
  const present = forest === 'never' ? rebuilds : rebuilds.filter((one) => !isPast(one));
  const joined = present.map((one) => {
    const old = known.get(one.id);
    const client = clientOf(one, processes);
    const isGone = one.origin.kind === 'file' && forest !== 'never' && !isThere(one, processes);
    const wasGone = old === undefined || old.over || (forest === 'now' && old.client === null);
    const over = one.over || (isGone && wasGone);
    const now: FollowedRebuild = {
      ...one,
      client: client === null ? null : { pid: client.pid, startTime: client.startTime },
      command:
        one.origin.kind === 'command'
          ? one.origin.words.join(' ')
          : (client?.command ?? old?.command ?? one.command),
      over,
      failures: old?.failures ?? one.failures,
      estimate: over ? null : (old?.estimate ?? null),
      endedUnsaid: over ? 0 : (old?.endedUnsaid ?? 0),
    };
    return old !== undefined && isUnchanged(old, now) ? old : now;
  });
  return joined.length === before.length && joined.every((one, i) => one === before[i]) ? before : joined;
}

function isUnchanged(old: FollowedRebuild, now: FollowedRebuild): boolean {
  return (
    old.rebuild === now.rebuild &&
    old.over === now.over &&
    old.early === now.early &&
    old.lostBytes === now.lostBytes &&
    old.problem === now.problem &&
    old.command === now.command &&
    isSame(old.client, now.client)
  );
}

function clientOf({ origin, rebuild }: FollowedRebuild, { clients, workers }: Processes): Client | null {
  const pids = new Set(rebuild.writers);
  for (const { pid, clientPid } of workers) if (pids.has(pid) && clientPid !== null) pids.add(clientPid);
  if (origin.kind === 'command' && origin.pid !== null) pids.add(origin.pid);
  return clients.find((one) => pids.has(one.pid) || one.processes.some(({ pid }) => pids.has(pid))) ?? null;
}

/** Of a file of many clients: one of those who wrote. */
function isThere({ rebuild }: FollowedRebuild, { clients, workers }: Processes): boolean {
  const { writers } = rebuild;
  return (
    writers.length === 0 ||
    workers.some(({ pid }) => writers.includes(pid)) ||
    clients.some(
      (client) => writers.includes(client.pid) || client.processes.some(({ pid }) => writers.includes(pid)),
    )
  );
}

/**
 * By the derivation where the process table knows it; else by the name and the worker; else by a name that both
 * sides have once. `before`: the builds as they were joined last, `unjoinedBefore` what they were made of.
 */
export function joinBuilds(
  builds: readonly Build[],
  rebuilds: readonly FollowedRebuild[],
  before: readonly Build[],
  unjoinedBefore: readonly Build[],
  history: History = noHistory,
): readonly Build[] {
  const logs = rebuilds.filter(({ over }) => !over);
  if (logs.length === 0) return builds;
  let changed = builds.length !== before.length;
  const joined = builds.map((build, i) => {
    const found = logOf(build, builds, logs, history);
    const old = before[i];
    const same = old !== undefined && build === unjoinedBefore[i] && isSame(old.log, found?.log ?? null);
    if (same && old.phase === (found?.phase ?? null)) return old;
    changed = true;
    return found === null ? build : { ...build, ...found };
  });
  return changed ? joined : before;
}

function logOf(
  build: Build,
  builds: readonly Build[],
  rebuilds: readonly FollowedRebuild[],
  history: History,
): Pick<Build, 'phase' | 'log'> | null {
  if (build.name === null) return null;
  const named: { readonly rebuild: string; readonly logged: LoggedBuild }[] = [];
  for (const { id, rebuild } of rebuilds) {
    for (const logged of rebuild.running.values()) {
      if (logged.name !== build.name) continue;
      if (build.drvHash !== null) {
        if (derivationOfPath(logged.drv)?.hash === build.drvHash) return said(id, logged, history);
        continue;
      }
      if (build.workerPid !== null && logged.writer === build.workerPid) return said(id, logged, history);
      named.push({ rebuild: id, logged });
    }
  }
  const [only] = named;
  const isOnly = named.length === 1 && builds.every((one) => one === build || one.name !== build.name);
  return only !== undefined && isOnly ? said(only.rebuild, only.logged, history) : null;
}

function said(rebuild: string, logged: LoggedBuild, history: History): Pick<Build, 'phase' | 'log'> {
  const { drv, phases, lines, lastLineMs } = logged;
  const phase = phases.at(-1);
  const usual = usualOf(history, logged);
  const log: BuildLog = { rebuild, drv, phaseSinceMs: phase?.sinceMs ?? null, lines, lastLineMs, usual };
  return { phase: phase?.name ?? null, log };
}
