/** Builds of one sample: their names, sums, rates and growth. */

import { type IdentityKey, identityKey, sameProcess } from '../../base/identity.ts';
import type { Build, BuildProcess, MemoryMeasure } from '../model.ts';
import type { CgroupRaw, ForestRaw, ProcessRaw, ProcessState } from '../sample.ts';
import { ownCgroup } from './build-cgroup.ts';
import { commandWords } from './command-line.ts';
import type { Forest } from './forest.ts';
import type { BuildGroup } from './forest-builds.ts';
import type { RemoteGroup } from './forest-remotes.ts';
import { type GroupMemory, groupMemory } from './group-memory.ts';
import { addPoint, growthPerMin, type Point } from './growth.ts';
import { directoryOf, type Naming, nameBuild, nameRemote } from './name-builds.ts';
import { describeNow, type Zombies, zombiesOf } from './now.ts';
import { ancestors, argvOf, elsewhereOf } from './process-graph.ts';
import { groupRates, type RateSpan, type Rates, unknownRates } from './process-rates.ts';

/** What is remembered of a build between ticks. */
export interface BuildTrack {
  readonly points: readonly Point[];
  readonly growthBytesPerMin: number | null;
  readonly memoryBy: MemoryMeasure;
  readonly history: readonly number[];
  /** Of the last reading in it. */
  readonly residentAtMs: number;
  /** Its processes when CPU and I/O were read last. */
  readonly processes: readonly ProcessRaw[];
  readonly rates: Rates;
  /** Monotonic ms of the last CPU use or I/O. */
  readonly busyAtMs: number;
  readonly zombies: Zombies;
  /** Monotonic ms of its first sight. */
  readonly seenAtMs: number;
  readonly naming: Naming;
  /** Its start has been told, or lies before our own. */
  readonly announced: boolean;
}
export type BuildTracks = ReadonlyMap<IdentityKey, BuildTrack>;

/** What is looked up for each of some hundred builds, made once for all of them. */
export interface BuildLookups {
  readonly cgroupAt: ReadonlyMap<string, CgroupRaw>;
  /** Paths of lock files that somebody holds or wants. */
  readonly lockFiles: ReadonlySet<string>;
  readonly workerPids: ReadonlySet<number>;
}

export interface BuildContext extends BuildLookups {
  readonly forest: Forest;
  readonly rates: ReadonlyMap<number, Rates>;
  readonly tracks: BuildTracks;
  /** Since the last reading of CPU and I/O; null on the first or when it was not read anew. */
  readonly span: RateSpan | null;
  /** Wall clock of the sample, Unix ms. */
  readonly timeMs: number;
  readonly clientOf: (process: ProcessRaw) => number | null;
}

export function buildLookups({ raw, workers }: Forest): BuildLookups {
  return {
    cgroupAt: new Map(raw.cgroups?.map((cgroup) => [cgroup.path, cgroup])),
    lockFiles: new Set(Object.values(raw.lockPaths)),
    workerPids: new Set(workers.map(({ process }) => process.pid)),
  };
}

export interface TrackedBuild {
  readonly build: Build;
  readonly track: BuildTrack;
}

const noZombies: Zombies = new Map();
const historyPoints = 120;
/** Below this a build is idle: a sleeping shell's loop uses some tenths. */
const busyPercent = 1;

export function deriveBuild(group: BuildGroup, context: BuildContext): TrackedBuild {
  const before = context.tracks.get(identityKey(group.root));
  const naming = nameBuild(group, context.forest, before?.naming ?? null, context.timeMs);
  return describeBuild(group, naming, context);
}

/** A build that runs elsewhere: what we see of it is the hook and its ssh. */
export function deriveRemote(group: RemoteGroup, context: BuildContext): TrackedBuild {
  const { hook, host, processes } = group;
  const before = context.tracks.get(identityKey(hook));
  const entries = processes.map((process) => ({ process, depth: process === hook ? 0 : 1, escapee: false }));
  const { build, track } = describeBuild(
    { root: hook, slot: null, processes: entries },
    nameRemote(group, context.forest, before?.naming ?? null),
    context,
  );
  const elsewhere = { host: host ?? 'unknown host', now: null, user: null, buildDirectory: null };
  return { build: { ...build, ...elsewhere }, track };
}

function pausedFrom(root: ProcessRaw, { paused = [] }: ForestRaw): Build['pausedFrom'] {
  const row = paused.find((one) => sameProcess(one, root));
  return row === undefined ? null : { pid: row.byPid, timeMs: row.atMs };
}

/** Where the daemon itself is last in line, all of its builds are: nothing was done to this one. */
function isLowered({ nice = 0, ppid }: ProcessRaw, { byPid }: Forest): boolean {
  return nice === 19 && (byPid.get(ppid)?.nice ?? 0) < 19;
}

function describeBuild(group: BuildGroup, naming: Naming, context: BuildContext): TrackedBuild {
  const { forest } = context;
  const { raw } = forest;
  const { root } = group;
  const processes = group.processes.map(({ process }) => process);
  const cgroup = typeof root.facts.cgroup === 'string' ? root.facts.cgroup : null;
  const own = cgroupIn(context, cgroup === null ? null : ownCgroup(cgroup, root.uid));
  const memory = groupMemory(processes, own);
  const before = context.tracks.get(identityKey(root));
  const track = trackBuild(processes, memory, naming, context, before);
  const tree = group.processes.map((entry) => describeProcess(entry, raw, context.rates));
  const states = countStates(processes);
  const idleSec = Math.max(0, (raw.treeAtMs - track.busyAtMs) / 1000);
  const { environment } = naming;
  const paused = (own ?? cgroupIn(context, cgroup))?.frozen === true || isStopped(states, processes.length);
  const build: Build = {
    pid: root.pid,
    startTime: root.startTime,
    name: naming.name,
    pname: naming.pname,
    version: naming.version,
    drvHash: naming.drvHash,
    namedBy: naming.namedBy,
    uid: root.uid,
    user: userName(forest, group),
    sandboxed: naming.sandboxed,
    ageSec: ageOf(root, raw),
    processes: processes.length,
    escapees: group.processes.filter(({ escapee }) => escapee).length,
    states,
    ...track.rates,
    residentBytes: memory.bytes,
    residentBy: memory.by,
    residentGrowthBytesPerMin: track.growthBytesPerMin,
    now: describeNow(tree, processes, idleSec, track.zombies, raw.treeAtMs),
    phase: null,
    log: null,
    idleSec,
    paused,
    pausedFrom: paused ? pausedFrom(root, raw) : null,
    lowered: isLowered(root, forest),
    limited: own?.highBytes != null,
    memoryHighBytes: own?.highBytes ?? null,
    cgroup,
    host: null,
    workerPid: workerAbove(context, root),
    daemonPid: daemonAbove(forest, root),
    clientPid: context.clientOf(root),
    out: naming.out,
    buildDirectory:
      environment?.buildTop ?? directoryOf(raw, naming.name, root, context.timeMs)?.path ?? null,
    cores: environment?.cores ?? null,
    system: environment?.system ?? null,
    lock: lockOf(context, naming),
    ...parentOf(forest, root),
    tree,
    residentHistory: track.history,
  };
  return { build, track };
}

function trackBuild(
  processes: readonly ProcessRaw[],
  memory: GroupMemory,
  naming: Naming,
  { forest, span }: BuildContext,
  before: BuildTrack | undefined,
): BuildTrack {
  const { treeAtMs, residentAtMs } = forest.raw;
  const residentBytes = memory.bytes;
  // Another measure is no growth.
  const pointsBefore = before?.memoryBy === memory.by ? before.points : [];
  const history = before?.history ?? [];
  const grown = residentBytes !== null && before?.residentAtMs !== residentAtMs;
  const points = grown ? addPoint(pointsBefore, { atMs: residentAtMs, value: residentBytes }) : pointsBefore;
  const readAnew = span !== null || before === undefined;
  const rates = span === null ? before?.rates : groupRates(processes, before?.processes ?? [], span);
  const { cpuPercent, readBytesPerSec, writeBytesPerSec } = rates ?? unknownRates;
  const moved = (readBytesPerSec ?? 0) + (writeBytesPerSec ?? 0) > 0;
  const busy = before === undefined || moved || (cpuPercent ?? 0) >= busyPercent;
  return {
    points,
    growthBytesPerMin: points === before?.points ? before.growthBytesPerMin : growthPerMin(points),
    residentAtMs,
    memoryBy: memory.by,
    history: grown ? [...history.slice(1 - historyPoints), residentBytes] : history,
    processes: readAnew ? processes : before.processes,
    rates: rates ?? unknownRates,
    busyAtMs: busy ? treeAtMs : before.busyAtMs,
    zombies: zombiesOf(processes, before?.zombies ?? noZombies, treeAtMs),
    seenAtMs: before?.seenAtMs ?? treeAtMs,
    naming,
    announced: before?.announced ?? false,
  };
}

function parentOf({ byPid }: Forest, { ppid }: ProcessRaw): Pick<Build, 'parent'> {
  const parent = byPid.get(ppid);
  if (parent?.progress === undefined) return {};
  const { pid, startTime, comm, progress } = parent;
  return { parent: { pid, startTime, comm, progress } };
}

function cgroupIn({ cgroupAt }: BuildContext, path: string | null): CgroupRaw | null {
  return path === null ? null : (cgroupAt.get(path) ?? null);
}

function isStopped({ T, Z }: Build['states'], processes: number): boolean {
  return T > 0 && T + Z === processes;
}

function lockOf({ lockFiles }: BuildContext, { out }: Naming): string | null {
  const path = out === null ? null : `${out}.lock`;
  return path !== null && lockFiles.has(path) ? path : null;
}

function workerAbove({ forest, workerPids }: BuildContext, root: ProcessRaw): number | null {
  return ancestors(forest, root).find(({ pid }) => workerPids.has(pid))?.pid ?? null;
}

function daemonAbove(forest: Forest, root: ProcessRaw): number | null {
  for (const ancestor of ancestors(forest, root)) {
    if (ancestor === forest.daemon || forest.otherDaemons.includes(ancestor)) return ancestor.pid;
  }
  return null;
}

function userName(forest: Forest, { root, slot }: Pick<BuildGroup, 'root' | 'slot'>): string | null {
  const { raw } = forest;
  const { uid } = root;
  if (uid === null) return null;
  // Another root has other names for its users.
  if (elsewhereOf(forest, root) !== null) return `uid ${slot ?? uid}`;
  return raw.buildUsers[uid] ?? raw.userNames[uid] ?? (slot === null ? null : `uid ${slot}`);
}

export function ageOf(process: ProcessRaw, raw: ForestRaw): number {
  return Math.max(0, raw.uptimeSec - process.startTime / raw.ticksPerSec);
}

function countStates(processes: readonly ProcessRaw[]): Build['states'] {
  const states: Record<ProcessState, number> = { R: 0, S: 0, D: 0, Z: 0, T: 0 };
  processes.forEach(({ state }) => {
    states[state] += 1;
  });
  return states;
}

function describeProcess(
  { process, depth, escapee }: BuildGroup['processes'][number],
  raw: ForestRaw,
  rates: ReadonlyMap<number, Rates>,
): BuildProcess {
  const argv = argvOf(process);
  const { cpuPercent, readBytesPerSec, writeBytesPerSec } = rates.get(process.pid) ?? unknownRates;
  return {
    pid: process.pid,
    startTime: process.startTime,
    ppid: process.ppid,
    depth,
    comm: process.comm,
    command: argv.length === 0 ? null : commandWords(argv, process.comm),
    state: process.state,
    uid: process.uid,
    ageSec: ageOf(process, raw),
    threads: process.threads,
    cpuPercent,
    residentBytes: process.residentBytes,
    readBytesPerSec,
    writeBytesPerSec,
    escapee,
    ...(process.progress && { progress: process.progress }),
  };
}
