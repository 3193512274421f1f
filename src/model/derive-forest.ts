/** The Nix forest of a sample becomes clients, workers, builds and transfers of the Model. */
import { type BuildTracks, deriveBuild, deriveRemote, sumResident } from './derive-builds.ts';
import { deriveClient, deriveTransfers, deriveWorkers } from './derive-clients.ts';
import { ancestors, type Forest, growForest } from './forest.ts';
import { type IdentityKey, identityKey } from './identity.ts';
import { lockWaits } from './lock-waits.ts';
import type { Build, Client, Model, ModelEvent } from './model.ts';
import type { Problem } from './problem.ts';
import { groupRates, processRates, type Rates, totalsOf } from './process-rates.ts';
import type { ForestRaw, ProcessRaw, Reading } from './sample.ts';

export type ForestParts = Pick<
  Model,
  'daemon' | 'clients' | 'workers' | 'builds' | 'transfers' | 'totals'
> & { readonly events: readonly ModelEvent[]; readonly problems: readonly Problem[] };

/** What the next tick needs of this one. */
export interface ForestCarry {
  readonly raw: ForestRaw;
  readonly tracks: BuildTracks;
  readonly rates: ReadonlyMap<IdentityKey, Rates>;
  readonly parts: ForestParts;
  /** Outputs whose builder was seen. */
  readonly built: ReadonlySet<string>;
}

export const emptyForestParts: ForestParts = {
  daemon: { pid: null, startTime: null, running: false, socket: 'absent', residentBytes: null },
  clients: [],
  workers: [],
  builds: [],
  transfers: [],
  totals: { residentBytes: null, cpuPercent: null, processes: 0, running: 0, waiting: 0, remote: 0 },
  events: [],
  problems: [],
};

/** A reading that failed keeps the last parts and says why; its age tells the rest. */
export function deriveForest(
  now: Reading<ForestRaw>,
  carry: ForestCarry | null,
  context: { readonly timeMs: number },
): { readonly parts: ForestParts; readonly carry: ForestCarry | null } {
  if (!now.ok) {
    const parts = { ...(carry?.parts ?? emptyForestParts), events: [], problems: [now.problem] };
    return { parts, carry };
  }
  const raw = now.value;
  const forest = growForest(raw);
  const readAnew = carry !== null && raw.treeAtMs > carry.raw.treeAtMs;
  const seconds = readAnew ? (raw.treeAtMs - carry.raw.treeAtMs) / 1000 : null;
  const rates = readAnew || carry === null ? processRates(raw, carry?.raw ?? null) : carry.rates;
  const tracks = carry?.tracks ?? new Map();
  const clientOf = clientFinder(forest);
  const buildContext = { forest, rates, tracks, seconds, clientOf };
  const derived = [
    ...forest.builds.map((group) => deriveBuild(group, buildContext)),
    ...forest.remotes.map((group) => deriveRemote(group, buildContext)),
  ];
  const builds = derived.map(({ build }) => build);
  const built = rememberBuilt(carry?.built, builds, raw);
  const clientContext = { forest, rates, waits: lockWaits(forest), builds };
  const workers = deriveWorkers(clientContext);
  const clients = forest.clients.map((group) => deriveClient(group, clientContext, workers));
  const parts: ForestParts = {
    daemon: {
      pid: forest.daemon?.pid ?? null,
      startTime: forest.daemon?.startTime ?? null,
      running: forest.daemon !== null,
      socket: raw.daemonSocket,
      residentBytes: forest.daemon?.residentBytes ?? null,
    },
    clients,
    workers,
    builds,
    transfers: deriveTransfers(clientContext, built),
    totals: {
      residentBytes: sumResident(raw.processes),
      cpuPercent:
        seconds === null ? (carry?.parts.totals.cpuPercent ?? null) : totalCpu(raw, carry?.raw, seconds),
      processes: raw.processes.length,
      running: forest.builds.length,
      waiting: clients.filter((client) => client.phase === 'waiting').length,
      remote: forest.remotes.length,
    },
    events: carry === null ? [] : changes(carry.parts, builds, clients, context.timeMs),
    problems: raw.hidden
      ? [{ kind: 'denied', where: '/proc', cause: 'hidepid hides other users’ processes' }]
      : [],
  };
  const nextTracks = new Map(derived.map(({ build, track }) => [identityKey(build), track]));
  return { parts, carry: { raw, tracks: nextTracks, rates, parts, built } };
}

/** The outermost client of a process: above it in the tree, or the one its worker serves. */
export function clientFinder(forest: Forest): (process: ProcessRaw) => number | null {
  const clientByPid = new Map(
    forest.clients.flatMap((group) => group.processes.map(({ pid }) => [pid, group.process.pid] as const)),
  );
  const served = new Map(forest.workers.map(({ process, clientPid }) => [process.pid, clientPid]));
  return (process) => {
    for (const ancestor of ancestors(forest, process)) {
      const client = served.get(ancestor.pid);
      if (client != null) return clientByPid.get(client) ?? client;
      const direct = clientByPid.get(ancestor.pid);
      if (direct !== undefined) return direct;
    }
    return null;
  };
}

function rememberBuilt(
  before: ReadonlySet<string> | undefined,
  builds: readonly Build[],
  raw: ForestRaw,
): ReadonlySet<string> {
  const locked = new Set(Object.values(raw.lockPaths));
  const outputs = builds.flatMap((build) => build.out ?? []);
  const kept = [...(before ?? [])].filter((path) => locked.has(`${path}.lock`));
  return new Set([...kept, ...outputs]);
}

function totalCpu(raw: ForestRaw, before: ForestRaw | undefined, seconds: number): number | null {
  if (before === undefined) return null;
  return groupRates(totalsOf(raw.processes), totalsOf(before.processes), seconds, raw.ticksPerSec).cpuPercent;
}

function changes(
  before: ForestParts,
  builds: readonly Build[],
  clients: readonly Client[],
  timeMs: number,
): readonly ModelEvent[] {
  const key = identityKey;
  const wasBuilding = new Map(before.builds.map((build) => [key(build), build]));
  const isBuilding = new Set(builds.map(key));
  const isClient = new Set(clients.map(key));
  const event = (kind: ModelEvent['kind'], text: string): ModelEvent => ({ timeMs, kind, level: 'ok', text });
  return [
    ...builds
      .filter((build) => !wasBuilding.has(key(build)))
      .map((build) => event('build-started', titleOf(build))),
    ...before.builds
      .filter((build) => !isBuilding.has(key(build)))
      .map((build) => event('build-ended', titleOf(build))),
    ...before.clients
      .filter((client) => !isClient.has(key(client)))
      .map((client) => event('client-ended', client.command)),
  ];
}

function titleOf(build: Build): string {
  return build.name ?? `unnamed build of ${build.user ?? `pid ${build.pid}`}`;
}
