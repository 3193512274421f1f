/** The Nix forest of a sample becomes clients, workers, builds and transfers of the Model. */

import { identityKey } from '../../base/identity.ts';
import type { Problem } from '../../base/problem.ts';
import { kept, keptRows } from '../../base/same.ts';
import type { Build, LockWait, Model, ModelEvent, OtherDaemon } from '../model.ts';
import type { ForestRaw, ProcessRaw, Reading } from '../sample.ts';
import { type BuildTracks, buildLookups, deriveBuild, deriveRemote } from './derive-builds.ts';
import { type CgroupCarry, deriveCgroups } from './derive-cgroups.ts';
import { deriveClients, deriveWorkers } from './derive-clients.ts';
import { type BuiltNames, deriveTransfers, rememberBuilt } from './derive-transfers.ts';
import { type Forest, growForest } from './forest.ts';
import { announceStarts, changes } from './forest-events.ts';
import { groupMemory } from './group-memory.ts';
import { lockWaits } from './lock-waits.ts';
import { ancestors, elsewhereOf } from './process-graph.ts';
import { processRates, type Rates, spanOf } from './process-rates.ts';

export type ForestParts = Pick<
  Model,
  'daemon' | 'otherDaemons' | 'clients' | 'workers' | 'builds' | 'transfers' | 'cgroups' | 'totals'
> & { readonly events: readonly ModelEvent[]; readonly problems: readonly Problem[] };

/** What the next tick needs of this one. */
export interface ForestCarry {
  readonly raw: ForestRaw;
  /** Processes of the last reading of CPU and I/O, by pid. */
  readonly byPid: ReadonlyMap<number, ProcessRaw>;
  readonly tracks: BuildTracks;
  readonly rates: ReadonlyMap<number, Rates>;
  readonly parts: ForestParts;
  readonly built: BuiltNames;
  readonly cgroups: CgroupCarry;
}

export const emptyForestParts: ForestParts = {
  daemon: { pid: null, startTime: null, running: false, socket: 'absent', residentBytes: null },
  otherDaemons: [],
  clients: [],
  workers: [],
  builds: [],
  transfers: [],
  cgroups: [],
  totals: {
    residentBytes: null,
    residentBy: 'rss',
    cpuPercent: null,
    processes: 0,
    running: 0,
    waiting: 0,
    remote: 0,
  },
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
  const readAnew = carry === null || raw.treeAtMs > carry.raw.treeAtMs;
  const span = carry === null || !readAnew ? null : spanOf(raw, carry.raw, carry.byPid);
  const rates = span === null ? (carry?.rates ?? new Map()) : processRates(raw.processes, span);
  const buildContext = {
    forest,
    rates,
    tracks: carry?.tracks ?? new Map(),
    span,
    timeMs: context.timeMs,
    clientOf: clientFinder(forest),
    ...buildLookups(forest),
  };
  const waits = lockWaits(raw);
  const derived = [
    ...forest.builds.map((group) => deriveBuild(group, buildContext)),
    ...forest.remotes.map((group) => withWait(deriveRemote(group, buildContext), waits)),
  ];
  const builds = derived.map(({ build }) => build);
  const built = rememberBuilt(carry?.built, builds, raw);
  const transfers = deriveTransfers(forest, rates, built);
  const before = carry?.parts.clients ?? [];
  const clientContext = { forest, rates, waits, builds, transfers, before, timeMs: context.timeMs };
  const workers = deriveWorkers(clientContext);
  const clients = deriveClients(clientContext, workers);
  const ofClients = new Set(clients.flatMap(({ processes }) => processes.map(({ pid }) => pid)));
  const waiting = [
    ...clients.filter((client) => client.waitsFor !== null),
    ...workers.filter(
      ({ waitsFor, clientPid }) => waitsFor !== null && !(clientPid !== null && ofClients.has(clientPid)),
    ),
  ];
  const seen = (count: number) => (count === 0 && raw.hidden ? null : count);
  const isRunning = new Set(builds.map(identityKey));
  const ended = carry?.parts.builds.filter((build) => !isRunning.has(identityKey(build))) ?? [];
  const cgroups = deriveCgroups(raw, ended, carry?.cgroups ?? null, context.timeMs);
  const tracked = announceStarts(derived, raw.treeAtMs, carry === null);
  const last = carry?.parts ?? emptyForestParts;
  const parts: ForestParts = {
    daemon: kept(last.daemon, {
      pid: forest.daemon?.pid ?? null,
      startTime: forest.daemon?.startTime ?? null,
      running: forest.daemon !== null ? true : raw.hidden ? null : false,
      socket: raw.daemonSocket,
      residentBytes: forest.daemon?.residentBytes ?? null,
    }),
    otherDaemons: keptRows(
      last.otherDaemons,
      forest.otherDaemons.map((process) => describeOther(process, forest, builds)),
    ),
    clients,
    workers: keptRows(last.workers, workers),
    builds,
    transfers: keptRows(last.transfers, transfers),
    cgroups: keptRows(last.cgroups, cgroups.cgroups),
    totals: kept(last.totals, {
      ...totalMemory(raw.processes, builds),
      cpuPercent: span === null ? last.totals.cpuPercent : totalCpu(forest, builds, rates),
      processes: seen(raw.processes.length),
      running: seen(forest.builds.length),
      waiting: seen(waiting.length),
      remote: seen(forest.remotes.length),
    }),
    events: carry === null ? [] : [...changes(carry, tracked, clients, context.timeMs), ...cgroups.events],
    problems: raw.hidden
      ? [{ kind: 'denied', where: '/proc', cause: 'hidepid hides other users’ processes' }]
      : [],
  };
  const tracks = new Map(tracked.map(({ build, track }) => [identityKey(build), track]));
  const byPid = readAnew ? forest.byPid : carry.byPid;
  return { parts, carry: { raw, byPid, tracks, rates, parts, built, cgroups: cgroups.carry } };
}

/** The hook of a remote build waits for the upload lock of its builder. */
function withWait<Tracked extends { readonly build: Build }>(
  tracked: Tracked,
  waits: ReadonlyMap<number, LockWait>,
): Tracked {
  const waiting = tracked.build.tree.find(({ pid }) => waits.has(pid));
  const waitsFor = waiting === undefined ? undefined : waits.get(waiting.pid);
  return waitsFor === undefined ? tracked : { ...tracked, build: { ...tracked.build, waitsFor } };
}

function describeOther(process: ProcessRaw, forest: Forest, builds: readonly Build[]): OtherDaemon {
  const { pid, startTime, residentBytes } = process;
  const place = elsewhereOf(forest, process);
  return {
    pid,
    startTime,
    residentBytes,
    elsewhere: place !== null,
    root: /^\S+ (.+)\/nix\/var\/nix$/.exec(place ?? '')?.[1] ?? null,
    builds: builds.filter((build) => build.daemonPid === pid).length,
  };
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

/** Everything of Nix by itself, but for builds of which more is known. */
function totalMemory(
  processes: readonly ProcessRaw[],
  builds: readonly Build[],
): Pick<Model['totals'], 'residentBytes' | 'residentBy'> {
  const all = groupMemory(processes, null);
  const charged = builds.filter(({ residentBy }) => residentBy === 'cgroup');
  if (charged.length === 0 || all.bytes === null) return { residentBytes: all.bytes, residentBy: all.by };
  const inCgroups = new Set(charged.flatMap(({ tree }) => tree.map(({ pid }) => pid)));
  const others = groupMemory(
    processes.filter(({ pid }) => !inCgroups.has(pid)),
    null,
  );
  const bytes = charged.reduce((sum, build) => sum + (build.residentBytes ?? 0), others.bytes ?? 0);
  return { residentBytes: bytes, residentBy: 'cgroup' };
}

/** Builds as wholes, so that what their short-lived children used is in; everybody else for himself. */
function totalCpu(forest: Forest, builds: readonly Build[], rates: ReadonlyMap<number, Rates>): number {
  const others = forest.raw.processes.filter(({ pid }) => !forest.buildPids.has(pid));
  const ofBuilds = builds.reduce((sum, { cpuPercent }) => sum + (cpuPercent ?? 0), 0);
  return others.reduce((sum, { pid }) => sum + (rates.get(pid)?.cpuPercent ?? 0), ofBuilds);
}
