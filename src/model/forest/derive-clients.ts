/** Clients and workers: who asked for the builds, and what they do besides. */

import { type IdentityKey, identityKey } from '../../base/identity.ts';
import { baseName } from '../../base/text.ts';
import type { HookProcess } from '../diagnosis/found-wait.ts';
import type { Build, Client, LockWait, Transfer, Worker } from '../model.ts';
import type { ForestRaw, ProcessRaw } from '../sample.ts';
import type { ClientGroup } from './client-group.ts';
import { phaseOf } from './client-phase.ts';
import { commandWords } from './command-line.ts';
import { activationPhase, deriveActivation } from './derive-activation.ts';
import { ageOf } from './derive-builds.ts';
import type { Forest } from './forest.ts';
import { waitedUnit } from './forest-activation.ts';
import type { WorkerProcess } from './forest-daemons.ts';
import { sumResident } from './group-memory.ts';
import { toolOfComm } from './nix-tools.ts';
import { argvOf, elsewhereOf, hasNestedPids } from './process-graph.ts';
import type { Rates } from './process-rates.ts';
import { hookOf } from './worker-hook.ts';

export interface ClientContext {
  readonly forest: Forest;
  readonly rates: ReadonlyMap<number, Rates>;
  readonly waits: ReadonlyMap<number, LockWait>;
  readonly builds: readonly Build[];
  readonly transfers: readonly Transfer[];
  /** Unix ms. */
  readonly timeMs: number;
  /** Clients of a moment ago. */
  readonly before: readonly Client[];
}

/** What is looked up for each of some hundred clients, made once for all of them. */
interface Lookups {
  readonly workersOf: ReadonlyMap<number | null, readonly Worker[]>;
  readonly buildsOf: ReadonlyMap<number | null, readonly Build[]>;
  readonly before: ReadonlyMap<IdentityKey, Client>;
  readonly workerByPid: ReadonlyMap<number, WorkerProcess>;
  /** The client that a process is of. */
  readonly groupOf: ReadonlyMap<number, ClientGroup>;
  readonly writers: ReadonlySet<number>;
}

/** Commands of `nix` that make an environment. */
const environmentVerbs: ReadonlySet<string> = new Set(['develop', 'shell', 'run', 'env', 'print-dev-env']);

export function deriveWorkers({ forest, rates, waits, builds }: ClientContext): readonly Worker[] {
  const buildsOf = Map.groupBy(builds, ({ workerPid }) => workerPid);
  const building = new Set(builds.flatMap(({ tree }) => tree.map(({ pid }) => pid)));
  return forest.workers.map(({ process, clientPid }) => ({
    pid: process.pid,
    startTime: process.startTime,
    clientPid,
    residentBytes: process.residentBytes,
    cpuPercent: rates.get(process.pid)?.cpuPercent ?? null,
    builds: buildsOf.get(process.pid)?.length ?? 0,
    waitsFor: waits.get(process.pid) ?? null,
    ...hookRow(hookOf(process, forest, rates, building)),
  }));
}

function hookRow(hook: HookProcess | null): Pick<Worker, 'hook'> {
  return hook === null ? {} : { hook };
}

export function deriveClients(context: ClientContext, workers: readonly Worker[]): readonly Client[] {
  const { forest, builds, transfers } = context;
  const groupOf = new Map<number, ClientGroup>();
  for (const group of forest.clients) for (const { pid } of group.processes) groupOf.set(pid, group);
  const lookups: Lookups = {
    workersOf: Map.groupBy(workers, ({ clientPid }) => clientPid),
    buildsOf: Map.groupBy(builds, ({ clientPid }) => clientPid),
    before: new Map(context.before.map((client) => [identityKey(client), client])),
    workerByPid: new Map(forest.workers.map((worker) => [worker.process.pid, worker])),
    groupOf,
    writers: new Set(transfers.map(({ pid }) => pid)),
  };
  return forest.clients.map((group) => deriveClient(group, context, lookups));
}

function deriveClient(group: ClientGroup, context: ClientContext, lookups: Lookups): Client {
  const { forest, rates } = context;
  const { process, tool, processes } = group;
  const { raw } = forest;
  const served = processes.flatMap(({ pid }) => lookups.workersOf.get(pid) ?? []);
  const own = lookups.buildsOf.get(process.pid) ?? [];
  const pids = [...processes, ...served].map(({ pid }) => pid);
  const waitsFor = waitOf(context.waits, lookups, pids);
  const cpuPercent = sumCpu(processes, rates);
  const copies = pids.some((pid) => lookups.writers.has(pid));
  const before = lookups.before.get(identityKey(process));
  const phase =
    group.activation !== null
      ? activationPhase(group.activation.action)
      : phaseOf(processes, {
          builds: own.length,
          waits: waitsFor !== null,
          copies,
          cpuPercent,
          servedPercent: Math.max(0, ...served.map((worker) => worker.cpuPercent ?? 0)),
          // Of others only root sees which locks they want and what they write; a container's worker names its client by a
          // number of its own.
          unseen:
            raw.hidden ||
            (!raw.privileged && (served.length > 0 || process.uid === 0)) ||
            elsewhereOf(forest, process) !== null ||
            hasNestedPids(forest, process),
        });
  return {
    pid: process.pid,
    startTime: process.startTime,
    command: commandWords(argvOf(process), process.comm),
    tool,
    uid: process.uid,
    user: process.uid === null ? null : userName(process.uid, raw),
    tty: ttyName(process.tty),
    ageSec: ageOf(process, raw),
    residentBytes: sumResident(processes),
    cpuPercent,
    phase,
    activation: deriveActivation(group, before?.activation ?? null),
    direct: own.some((build) => build.workerPid === null),
    keepGoing: keepGoing(processes),
    builds: raw.hidden && own.length === 0 ? null : own.length,
    waitsFor,
    ...unitWait(processes),
    ...(phase === 'collecting garbage' ? trashOf(process, context) : {}),
    ...readSoFar(processes),
    ...(typeof process.facts.cgroup === 'string' && { cgroup: process.facts.cgroup }),
    processes: processes.map(({ pid, startTime }) => ({ pid, startTime })),
  };
}

function unitWait(processes: readonly ProcessRaw[]): Pick<Client, 'waitsForUnit'> {
  const unit = waitedUnit(processes);
  return unit === null ? {} : { waitsForUnit: unit };
}

/** What was in the trash before it began. */
function trashOf(process: ProcessRaw, { forest, timeMs }: ClientContext): Pick<Client, 'findsTrash'> {
  const { storeTrash } = forest.raw;
  const ageSec = ageOf(process, forest.raw);
  if (storeTrash === undefined) return {};
  if (storeTrash === null) return { findsTrash: false };
  if (storeTrash.bornMs === null || ageSec === null) return {};
  return { findsTrash: storeTrash.bornMs < timeMs - ageSec * 1000 };
}

function readSoFar(processes: readonly ProcessRaw[]): Pick<Client, 'readBytes'> {
  let readBytes: number | null = null;
  for (const process of processes)
    if (process.readBytes !== null) readBytes = (readBytes ?? 0) + process.readBytes;
  return readBytes === null ? {} : { readBytes };
}

/** Accounts are read a moment later; what 0 is called is known. */
function userName(uid: number, { userNames }: ForestRaw): string {
  return userNames[uid] ?? (uid === 0 ? 'root' : `uid ${uid}`);
}

function waitOf(
  waits: ReadonlyMap<number, LockWait>,
  { workerByPid, groupOf }: Lookups,
  pids: readonly number[],
): LockWait | null {
  for (const pid of pids) {
    const wait = waits.get(pid);
    if (wait === undefined) continue;
    const holder = wait.holderPid === null ? undefined : workerByPid.get(wait.holderPid);
    const group = groupOf.get(holder?.clientPid ?? wait.holderPid ?? 0);
    if (group === undefined) return wait;
    return { ...wait, holder: commandWords(argvOf(group.process), group.process.comm) };
  }
  return null;
}

function sumCpu(processes: readonly ProcessRaw[], rates: ReadonlyMap<number, Rates>): number | null {
  let sum: number | null = null;
  for (const { pid } of processes) {
    const percent = rates.get(pid)?.cpuPercent ?? null;
    if (percent !== null) sum = (sum ?? 0) + percent;
  }
  return sum;
}

/** `--keep-going` or `-k` on any Nix command of the client; null while no command line is known. */
export function keepGoing(processes: readonly ProcessRaw[]): boolean | null {
  const lines = processes.filter(({ comm }) => toolOfComm(comm) !== null).map(argvOf);
  const known = lines.filter((argv) => argv.length > 0);
  return known.length === 0 ? null : known.some(asksToKeepGoing);
}

/**
 * Flags may be written as one, `-kL` (src/libutil/args.cc). `-k` of `nix develop`, `nix shell`, `nix run` is
 * `--keep-env-var` (src/nix/develop.md, MixEnvironment), and what they are to run may have a `-k` of its own.
 */
function asksToKeepGoing(argv: readonly string[]): boolean {
  const end = argv.findIndex((word) => word === '--' || word === '--command' || word === '-c');
  const words = argv.slice(0, end < 0 ? undefined : end);
  if (words.includes('--keep-going')) return true;
  const verb = words.slice(1).find((word) => !word.startsWith('-'));
  if (baseName(words[0] ?? '') === 'nix' && environmentVerbs.has(verb ?? '')) return false;
  return words.some((word) => /^-[a-zA-Z]*k[a-zA-Z]*$/.test(word));
}

/** `pts/3`, `tty1`, `ttyS0` from a device number as /proc/<pid>/stat prints it (major 136-143, 4). */
export function ttyName(device: number): string | null {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return `pts/${minor + (major - 136) * 256}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  return null;
}

/** The client whose tree has this process; null: none that is seen. */
export function clientOfProcess(clients: readonly Client[], pid: number | null): Client | null {
  return clients.find(({ processes }) => processes.some((one) => one.pid === pid)) ?? null;
}
