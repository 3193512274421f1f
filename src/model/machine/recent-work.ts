/** Builds and clients that run, and those that ended a moment ago: what the kernel says of them comes later. */
import { identityKey, type ProcessIdentity, sameProcess } from '../../base/identity.ts';
import type { Build, Client } from '../model.ts';

/** What is remembered of one: a build without its tree and its history, which would weigh more than all the rest. */
export interface Worker extends ProcessIdentity {
  readonly ageSec: number | null;
  /** Of a build; null also where it has no name. */
  readonly build: string | null;
  readonly drv: string | null;
  /** Of a client. */
  readonly command: string | null;
  readonly uid: number | null;
  readonly cgroup: string | null;
  readonly pids: readonly number[];
  /** The most it had in the last seconds. */
  readonly bytes: number;
  readonly growthBytesPerMin: number | null;
}

/** All times are Unix ms. */
interface Ran<Work> {
  /** As it was seen last. */
  readonly work: Work;
  readonly seenMs: number;
  /** When it was gone; null: it runs. */
  readonly goneMs: number | null;
}

export interface RecentWork {
  readonly builds: readonly Ran<Build>[];
  readonly clients: readonly Ran<Client>[];
  readonly gone: { readonly builds: readonly Ran<Worker>[]; readonly clients: readonly Ran<Worker>[] };
}
export const noRecentWork: RecentWork = { builds: [], clients: [], gone: { builds: [], clients: [] } };

const keptMs = 3 * 60_000;
const mostGone = 100;
/** What it had just before, of the ticks of its history. */
const lastTicks = 10;

/** At each look at the processes. */
export function followWork(
  before: RecentWork,
  { builds, clients }: { readonly builds: readonly Build[]; readonly clients: readonly Client[] },
  timeMs: number,
): RecentWork {
  const { gone } = before;
  const known = before.builds.length + before.clients.length + gone.builds.length + gone.clients.length;
  if (builds.length + clients.length + known === 0) return before;
  const seen = <Work>(work: Work): Ran<Work> => ({ work, seenMs: timeMs, goneMs: null });
  return {
    builds: builds.map(seen),
    clients: clients.map(seen),
    gone: {
      builds: nextGone(gone.builds, before.builds, builds, ofBuild, timeMs),
      clients: nextGone(gone.clients, before.clients, clients, ofClient, timeMs),
    },
  };
}

function nextGone<Work extends ProcessIdentity>(
  gone: readonly Ran<Worker>[],
  before: readonly Ran<Work>[],
  now: readonly Work[],
  remember: (work: Work) => Worker,
  timeMs: number,
): readonly Ran<Worker>[] {
  const running = new Set(now.map(identityKey));
  const left = before.filter(({ work }) => !running.has(identityKey(work)));
  const fresh = gone.filter(({ goneMs }) => goneMs !== null && timeMs - goneMs < keptMs);
  if (left.length === 0) return fresh.length === gone.length ? gone : fresh;
  const added = left.map(({ work, seenMs }) => ({ work: remember(work), seenMs, goneMs: timeMs }));
  return [...fresh, ...added].slice(-mostGone);
}

function ofBuild(build: Build): Worker {
  const { pid, startTime, ageSec, name, uid, cgroup, drvHash, log } = build;
  return {
    ...{ pid, startTime, ageSec, uid, cgroup },
    build: name,
    drv: log?.drv ?? (drvHash === null || name === null ? null : `/nix/store/${drvHash}-${name}.drv`),
    command: null,
    pids: build.tree.map((process) => process.pid),
    bytes: Math.max(build.residentBytes ?? 0, ...build.residentHistory.slice(-lastTicks)),
    growthBytesPerMin: build.residentGrowthBytesPerMin,
  };
}

function ofClient(client: Client): Worker {
  const { pid, startTime, ageSec, command, uid, residentBytes, processes, cgroup = null } = client;
  return {
    ...{ pid, startTime, ageSec, command, uid, cgroup },
    ...{ build: null, drv: null, growthBytesPerMin: null },
    pids: [pid, ...processes.map((process) => process.pid)],
    bytes: residentBytes ?? 0,
  };
}

/** Of a build or a client that ran when they were looked at last. */
export function runs({ builds, clients }: RecentWork, pid: number | null): boolean {
  return (
    builds.some(({ work }) => work.tree.some((one) => one.pid === pid && one.state !== 'Z')) ||
    clients.some(({ work }) => work.pid === pid || work.processes.some((one) => one.pid === pid))
  );
}

/** Builds that ran at a moment; `slackMs`: also those that did so long before or after. */
export function buildsAt({ builds, gone }: RecentWork, atMs: number, slackMs = 0): readonly Worker[] {
  return ranAt([...builds.map(remembered(ofBuild)), ...gone.builds], atMs, slackMs);
}

export function clientsAt({ clients, gone }: RecentWork, atMs: number, slackMs = 0): readonly Worker[] {
  return ranAt([...clients.map(remembered(ofClient)), ...gone.clients], atMs, slackMs);
}

/** Of a build or a client that runs, or ran a moment ago. */
export function workerOf(
  { builds, clients, gone }: RecentWork,
  identity: ProcessIdentity,
): Worker | undefined {
  const all = [
    ...builds.map(({ work }) => ofBuild(work)),
    ...clients.map(({ work }) => ofClient(work)),
    ...gone.builds.map(({ work }) => work),
    ...gone.clients.map(({ work }) => work),
  ];
  return all.find((one) => sameProcess(one, identity));
}

function remembered<Work>(remember: (work: Work) => Worker) {
  return (one: Ran<Work>): Ran<Worker> => ({ ...one, work: remember(one.work) });
}

function ranAt(all: readonly Ran<Worker>[], atMs: number, slackMs: number): readonly Worker[] {
  return all.flatMap(({ work, seenMs, goneMs }) => {
    const startedMs = seenMs - (work.ageSec ?? 0) * 1000;
    const ran = startedMs - slackMs <= atMs && (goneMs === null || atMs <= goneMs + slackMs);
    return ran ? [work] : [];
  });
}
