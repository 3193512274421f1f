/** Clients and workers: who asked for the builds, and what they do besides. */

import { baseName } from '../../base/text.ts';
import type { Build, Client, ClientPhase, LockWait, Transfer, Worker } from '../model.ts';
import type { ProcessRaw } from '../sample.ts';
import { commandWords } from './command-line.ts';
import { ageOf } from './derive-builds.ts';
import type { Forest } from './forest.ts';
import type { ClientGroup } from './forest-clients.ts';
import { sumResident } from './group-memory.ts';
import { toolOfComm } from './nix-tools.ts';
import { argvOf } from './process-graph.ts';
import type { Rates } from './process-rates.ts';

export interface ClientContext {
  readonly forest: Forest;
  readonly rates: ReadonlyMap<number, Rates>;
  readonly waits: ReadonlyMap<number, LockWait>;
  readonly builds: readonly Build[];
  readonly transfers: readonly Transfer[];
}

/** Tools that only move store paths. */
const storeTools: ReadonlySet<string> = new Set(['nix-store', 'nix-copy-closure', 'nix-daemon', 'cachix']);
/** Commands of `nix` that make an environment. */
const environmentVerbs: ReadonlySet<string> = new Set(['develop', 'shell', 'run', 'env', 'print-dev-env']);
/** CPU share from which a client without builds is called evaluating. */
const evaluatingPercent = 5;

export function deriveWorkers({ forest, rates, waits, builds }: ClientContext): readonly Worker[] {
  return forest.workers.map(({ process, clientPid }) => ({
    pid: process.pid,
    startTime: process.startTime,
    clientPid,
    residentBytes: process.residentBytes,
    cpuPercent: rates.get(process.pid)?.cpuPercent ?? null,
    builds: builds.filter((build) => build.workerPid === process.pid).length,
    waitsFor: waits.get(process.pid) ?? null,
  }));
}

export function deriveClient(group: ClientGroup, context: ClientContext, workers: readonly Worker[]): Client {
  const { forest, rates, builds } = context;
  const { process, tool, processes } = group;
  const { raw } = forest;
  const pids = new Set(processes.map(({ pid }) => pid));
  const served = workers.filter((worker) => worker.clientPid !== null && pids.has(worker.clientPid));
  const own = builds.filter((build) => build.clientPid === process.pid);
  const waitsFor = waitOf(context, [...pids, ...served.map(({ pid }) => pid)]);
  const cpuPercent = sumCpu(processes, rates);
  const writers = new Set([...pids, ...served.map(({ pid }) => pid)]);
  const copies = context.transfers.some((transfer) => writers.has(transfer.pid));
  const waits = waitsFor !== null;
  const phase = phaseOf(group, { builds: own.length, waits, copies, cpuPercent, served });
  return {
    pid: process.pid,
    startTime: process.startTime,
    command: commandWords(argvOf(process), process.comm),
    tool,
    uid: process.uid,
    user: process.uid === null ? null : (raw.userNames[process.uid] ?? `uid ${process.uid}`),
    tty: ttyName(process.tty),
    ageSec: ageOf(process, raw),
    residentBytes: sumResident(processes),
    cpuPercent,
    phase: raw.hidden && phase === 'idle' ? null : phase,
    direct: own.some((build) => build.workerPid === null),
    keepGoing: keepGoing(processes),
    builds: raw.hidden && own.length === 0 ? null : own.length,
    waitsFor,
    processes: processes.map(({ pid, startTime }) => ({ pid, startTime })),
  };
}

interface PhaseFacts {
  readonly builds: number;
  readonly waits: boolean;
  readonly copies: boolean;
  readonly cpuPercent: number | null;
  readonly served: readonly Worker[];
}

function phaseOf({ tool, processes }: ClientGroup, facts: PhaseFacts): ClientPhase {
  const { builds, waits, copies, cpuPercent, served } = facts;
  const commands = processes.map(argvOf);
  const runs = (verb: string): boolean => commands.some((argv) => isStoreVerb(argv, verb));
  if (processes.some(({ comm }) => comm.startsWith('switch-to-conf'))) return 'activating';
  if (tool === 'nix-collect-garbage' || runs('gc')) return 'collecting garbage';
  if (runs('verify')) return 'verifying';
  if (builds > 0) return 'building';
  if (waits) return 'waiting';
  if (copies) return 'copying';
  if (cpuPercent !== null && cpuPercent >= evaluatingPercent) {
    return storeTools.has(tool) ? 'copying' : 'evaluating';
  }
  if (served.some((worker) => (worker.cpuPercent ?? 0) >= evaluatingPercent)) return 'copying';
  return 'idle';
}

/** `nix store gc`, `nix-store --gc`; with any options between. */
function isStoreVerb(argv: readonly string[], verb: string): boolean {
  const words = argv.slice(1).filter((word) => !word.startsWith('-'));
  if (words[words.indexOf('store') + 1] === verb && words.includes('store')) return true;
  return (argv[0] ?? '').endsWith('nix-store') && argv.includes(`--${verb}`);
}

function waitOf({ waits, forest }: ClientContext, pids: readonly number[]): LockWait | null {
  for (const pid of pids) {
    const wait = waits.get(pid);
    if (wait === undefined) continue;
    const holder = forest.workers.find(({ process }) => process.pid === wait.holderPid);
    const client = holder?.clientPid ?? wait.holderPid;
    const group = forest.clients.find(({ processes }) => processes.some((process) => process.pid === client));
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
