/** Builds of one sample: their names, sums, rates and growth. */
import { commandWords } from './command.ts';
import { ancestors, argvOf, type BuildGroup, type Forest, type RemoteGroup } from './forest.ts';
import { growthPerMin, type Point, withPoint } from './growth.ts';
import { type IdentityKey, identityKey } from './identity.ts';
import type { Build, BuildProcess } from './model.ts';
import { describeNow } from './now.ts';
import { groupRates, type Rates, type Totals, totalsOf, unknownRates } from './process-rates.ts';
import type { BuildEnvironment, ForestRaw, ProcessRaw, ProcessState } from './sample.ts';
import { derivationOfLog, derivationOfSandboxRoot, nameOfStorePath, splitName } from './store-path.ts';

/** What is remembered of a build between ticks. */
export interface BuildTrack {
  readonly points: readonly Point[];
  readonly history: readonly number[];
  readonly totals: Totals;
  readonly rates: Rates;
  /** Monotonic ms of the last CPU use or I/O. */
  readonly busyAtMs: number;
  readonly naming: Naming;
}
export type BuildTracks = ReadonlyMap<IdentityKey, BuildTrack>;

export interface BuildContext {
  readonly forest: Forest;
  readonly rates: ReadonlyMap<IdentityKey, Rates>;
  readonly tracks: BuildTracks;
  /** Seconds since the last reading of CPU and I/O; null on the first or when it was not read anew. */
  readonly seconds: number | null;
  readonly clientOf: (process: ProcessRaw) => number | null;
}

const historyPoints = 120;
/** Below this a build is idle: a sleeping shell's loop uses some tenths. */
const busyPercent = 1;

interface Naming {
  readonly name: string | null;
  readonly drvHash: string | null;
  readonly pname: string | null;
  readonly version: string | null;
  readonly namedBy: Build['namedBy'];
  readonly sandboxed: boolean | null;
  readonly out: string | null;
  readonly environment: BuildEnvironment | null;
}

export function deriveBuild(group: BuildGroup, context: BuildContext): { build: Build; track: BuildTrack } {
  const { forest, seconds } = context;
  const { raw } = forest;
  const { root, slot } = group;
  const key = identityKey(root);
  const before = context.tracks.get(key);
  const processes = group.processes.map(({ process }) => process);
  const naming = nameBuild(group, forest, before?.naming ?? null);
  const residentBytes = sumResident(processes);
  const track = trackBuild(processes, residentBytes, before, raw, seconds, naming);
  const tree = group.processes.map((entry) => describeProcess(entry, raw, context.rates));
  const states = countStates(processes);
  const idleSec = Math.max(0, (raw.treeAtMs - track.busyAtMs) / 1000);
  const worker = workerAbove(forest, root);
  const living = processes.filter((process) => process.state !== 'Z');
  const build: Build = {
    pid: root.pid,
    startTime: root.startTime,
    name: naming.name,
    pname: naming.pname,
    version: naming.version,
    drvHash: naming.drvHash,
    namedBy: naming.namedBy,
    uid: root.uid,
    user: userName(raw, root.uid, slot),
    sandboxed: naming.sandboxed,
    ageSec: ageOf(root, raw),
    processes: processes.length,
    escapees: group.processes.filter(({ escapee }) => escapee).length,
    states,
    ...track.rates,
    residentBytes,
    residentGrowthBytesPerMin: growthPerMin(track.points),
    now: describeNow(tree, processes, idleSec),
    phase: null,
    idleSec,
    paused: living.length > 0 && states.T === living.length,
    host: null,
    workerPid: worker?.pid ?? null,
    clientPid: context.clientOf(root),
    out: naming.out,
    buildDirectory: naming.environment?.buildTop ?? directoryOf(raw, naming.name, root.uid)?.path ?? null,
    cores: naming.environment?.cores ?? null,
    system: naming.environment?.system ?? null,
    lock: lockOf(raw, naming),
    tree,
    residentHistory: track.history,
  };
  return { build, track };
}

/** A build that runs elsewhere: what we see of it is the hook and its ssh. */
export function deriveRemote(group: RemoteGroup, context: BuildContext): { build: Build; track: BuildTrack } {
  const { hook, host, processes } = group;
  const entries = processes.map((process) => ({ process, depth: process === hook ? 0 : 1, escapee: false }));
  const { build, track } = deriveBuild({ root: hook, slot: null, processes: entries }, context);
  const naming = nameRemote(hook, context.forest);
  return {
    build: { ...build, ...naming, host: host ?? 'unknown host', sandboxed: null, now: null, user: null },
    track,
  };
}

function trackBuild(
  processes: readonly ProcessRaw[],
  residentBytes: number | null,
  before: BuildTrack | undefined,
  raw: ForestRaw,
  seconds: number | null,
  naming: Naming,
): BuildTrack {
  const fresh = before === undefined || before.points.at(-1)?.atMs !== raw.residentAtMs;
  const grown = fresh && residentBytes !== null;
  const point = { atMs: raw.residentAtMs, value: residentBytes ?? 0 };
  const totals = totalsOf(processes);
  const read = before !== undefined && seconds !== null;
  const rates = read
    ? groupRates(totals, before.totals, seconds, raw.ticksPerSec)
    : (before?.rates ?? unknownRates);
  const moved = (rates.readBytesPerSec ?? 0) + (rates.writeBytesPerSec ?? 0) > 0;
  const busy = before === undefined || moved || (rates.cpuPercent ?? 0) >= busyPercent;
  return {
    points: grown ? withPoint(before?.points ?? [], point) : (before?.points ?? []),
    history: grown
      ? [...(before?.history ?? []), point.value].slice(-historyPoints)
      : (before?.history ?? []),
    totals: seconds === null && before !== undefined ? before.totals : totals,
    rates,
    busyAtMs: busy ? raw.treeAtMs : before.busyAtMs,
    naming,
  };
}

const unnamed: Naming = {
  name: null,
  drvHash: null,
  pname: null,
  version: null,
  namedBy: null,
  sandboxed: null,
  out: null,
  environment: null,
};

/** In the order of trust: sandbox root, environment, the worker's open log, the build directory. */
function nameBuild({ root }: BuildGroup, forest: Forest, known: Naming | null): Naming {
  const { facts } = root;
  const chroot = typeof facts.rootMount === 'string' ? derivationOfSandboxRoot(facts.rootMount) : null;
  const found = facts.environment !== undefined && !('kind' in facts.environment) ? facts.environment : null;
  // A builtin builder (builtin:fetchurl) never execs: its environment is still the daemon's.
  const environment = found?.buildTop === null ? null : (found ?? known?.environment ?? null);
  const sandboxed =
    typeof facts.rootMount === 'string' ? facts.rootMount !== '/' : (known?.sandboxed ?? null);
  const named = (name: string, namedBy: Build['namedBy'], drvHash: string | null): Naming => {
    const split = splitName(name);
    const pname = environment?.pname ?? split.pname;
    const version = environment?.version ?? split.version;
    return { name, namedBy, drvHash, pname, version, sandboxed, out: environment?.out ?? null, environment };
  };
  if (chroot !== null) return named(chroot.name, 'sandbox', chroot.hash);
  const name = environment?.name ?? (environment?.out ? nameOfStorePath(environment.out) : null);
  if (name !== null) return named(name, 'environment', hashFromLogs(root, forest, name));
  if (known?.name != null) return { ...known, sandboxed };
  const log = onlyUnclaimedLog(root, forest);
  if (log !== null) return named(log.name, 'log', log.hash);
  const directory = directoryOf(forest.raw, null, root.uid);
  if (directory !== null) return named(directory.name, 'directory', null);
  return { ...unnamed, sandboxed, environment };
}

function logsAbove(process: ProcessRaw, forest: Forest): readonly { hash: string; name: string }[] {
  for (const ancestor of ancestors(forest, process)) {
    const { openLogs } = ancestor.facts;
    if (Array.isArray(openLogs) && openLogs.length > 0) {
      return openLogs.flatMap((path: string) => derivationOfLog(path) ?? []);
    }
  }
  return [];
}

/** The derivation hash of a name, if exactly one open log has it. */
function hashFromLogs(root: ProcessRaw, forest: Forest, name: string): string | null {
  const logs = logsAbove(root, forest).filter((log) => log.name === name);
  return logs.length === 1 ? (logs[0]?.hash ?? null) : null;
}

/** One builder below, one log open: they belong together. With more of either we do not guess. */
function onlyUnclaimedLog(root: ProcessRaw, forest: Forest): { hash: string; name: string } | null {
  const logs = logsAbove(root, forest);
  const siblings = forest.builds.filter((build) => build.root.ppid === root.ppid).length;
  const remotes = forest.remotes.filter(({ hook }) => hook.ppid === root.ppid).length;
  return logs.length === 1 && siblings + remotes === 1 ? (logs[0] ?? null) : null;
}

function nameRemote(hook: ProcessRaw, forest: Forest): Partial<Build> {
  const local = new Set(forest.builds.flatMap(({ root }) => chrootHash(root) ?? []));
  const logs = logsAbove(hook, forest).filter((log) => !local.has(log.hash));
  const remotes = forest.remotes.filter((remote) => remote.hook.ppid === hook.ppid).length;
  const [log] = logs;
  if (log === undefined || logs.length !== 1 || remotes !== 1) return { name: null, namedBy: null };
  return { name: log.name, drvHash: log.hash, namedBy: 'log', ...splitName(log.name) };
}

function chrootHash({ facts }: ProcessRaw): string | null {
  return typeof facts.rootMount === 'string'
    ? (derivationOfSandboxRoot(facts.rootMount)?.hash ?? null)
    : null;
}

function directoryOf(raw: ForestRaw, name: string | null, uid: number | null) {
  const own = raw.buildDirectories.filter(
    (entry) => entry.uid === uid && (name === null || entry.name === name),
  );
  return own.length === 1 ? (own[0] ?? null) : null;
}

function lockOf(raw: ForestRaw, naming: Naming): string | null {
  const path = naming.out === null ? null : `${naming.out}.lock`;
  return path !== null && Object.values(raw.lockPaths).includes(path) ? path : null;
}

function workerAbove(forest: Forest, root: ProcessRaw): ProcessRaw | null {
  const workers = new Set(forest.workers.map(({ process }) => process.pid));
  for (const ancestor of ancestors(forest, root)) if (workers.has(ancestor.pid)) return ancestor;
  return null;
}

function userName(raw: ForestRaw, uid: number | null, slot: number | null): string | null {
  if (uid === null) return null;
  return raw.buildUsers[uid] ?? raw.userNames[uid] ?? (slot === null ? null : `uid ${slot}`);
}

export function ageOf(process: ProcessRaw, raw: ForestRaw): number {
  return Math.max(0, raw.uptimeSec - process.startTime / raw.ticksPerSec);
}

/** Sum over those that can be read; null when none can. Zombies hold nothing. */
export function sumResident(processes: readonly ProcessRaw[]): number | null {
  const known = processes.filter((process) => process.residentBytes !== null);
  if (known.length === 0) return null;
  return known.reduce((sum, process) => sum + (process.residentBytes ?? 0), 0);
}

function countStates(processes: readonly ProcessRaw[]): Build['states'] {
  const states: Record<ProcessState, number> = { R: 0, S: 0, D: 0, Z: 0, T: 0 };
  for (const process of processes) states[process.state] += 1;
  return states;
}

function describeProcess(
  { process, depth, escapee }: BuildGroup['processes'][number],
  raw: ForestRaw,
  rates: ReadonlyMap<IdentityKey, Rates>,
): BuildProcess {
  const argv = argvOf(process);
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
    residentBytes: process.residentBytes,
    escapee,
    ...(rates.get(identityKey(process)) ?? unknownRates),
  };
}
