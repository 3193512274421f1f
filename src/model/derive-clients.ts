/** Clients, workers and transfers: who asked for the builds, and what else is done for them. */
import { commandWords } from './command.ts';
import { ageOf, sumResident } from './derive-builds.ts';
import { argvOf, type ClientGroup, type Forest } from './forest.ts';
import { type IdentityKey, identityKey } from './identity.ts';
import { heldOutputs } from './lock-waits.ts';
import type { Build, Client, ClientPhase, LockWait, Transfer, Worker } from './model.ts';
import type { Rates } from './process-rates.ts';
import type { ProcessRaw } from './sample.ts';
import { nameOfStorePath } from './store-path.ts';

export interface ClientContext {
  readonly forest: Forest;
  readonly rates: ReadonlyMap<IdentityKey, Rates>;
  readonly waits: ReadonlyMap<number, LockWait>;
  readonly builds: readonly Build[];
}

/** CPU share from which a client without builds is called evaluating. */
const evaluatingPercent = 5;

export function deriveWorkers({ forest, rates, waits, builds }: ClientContext): readonly Worker[] {
  return forest.workers.map(({ process, clientPid }) => ({
    pid: process.pid,
    startTime: process.startTime,
    clientPid,
    residentBytes: process.residentBytes,
    cpuPercent: rates.get(identityKey(process))?.cpuPercent ?? null,
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
  const cpu = processes.map((member) => rates.get(identityKey(member))?.cpuPercent ?? null);
  const cpuPercent = cpu.every((percent) => percent === null)
    ? null
    : cpu.reduce<number>((sum, percent) => sum + (percent ?? 0), 0);
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
    phase: phaseOf(group, { builds: own.length, waits: waitsFor !== null, cpuPercent, served, forest }),
    direct: own.some((build) => build.workerPid === null),
    keepGoing: keepGoing(processes),
    builds: own.length,
    waitsFor,
    processes: processes.map(({ pid, startTime }) => ({ pid, startTime })),
  };
}

interface PhaseFacts {
  readonly builds: number;
  readonly waits: boolean;
  readonly cpuPercent: number | null;
  readonly served: readonly Worker[];
  readonly forest: Forest;
}

function phaseOf({ tool, process, processes }: ClientGroup, facts: PhaseFacts): ClientPhase {
  const { builds, waits, cpuPercent, served, forest } = facts;
  const words = argvOf(process);
  if (processes.some(({ comm }) => comm.startsWith('switch-to-conf'))) return 'activating';
  if (tool === 'nix-collect-garbage' || words.includes('gc') || words.includes('--gc'))
    return 'collecting garbage';
  if (words.includes('verify') || words.includes('--verify')) return 'verifying';
  if (builds > 0) return 'building';
  if (waits) return 'waiting';
  if (served.some((worker) => heldOutputs(forest.raw, worker.pid).length > 0)) return 'copying';
  if (cpuPercent !== null && cpuPercent >= evaluatingPercent) return 'evaluating';
  if (served.some((worker) => (worker.cpuPercent ?? 0) >= evaluatingPercent)) return 'copying';
  return 'idle';
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

/** `--keep-going` or `-k` on any Nix command of the client; null while no command line is known. */
export function keepGoing(processes: readonly ProcessRaw[]): boolean | null {
  const lines = processes.map(argvOf).filter((argv) => argv.length > 0);
  if (lines.length === 0) return null;
  return lines.some((argv) => argv.includes('--keep-going') || argv.includes('-k'));
}

/**
 * Output locks a worker or client holds without a builder for them: substitutions and copies. Whatever it
 * has built before is left out (a finished build's outputs are hashed and registered under their lock).
 */
export function deriveTransfers(context: ClientContext, built: ReadonlySet<string>): readonly Transfer[] {
  const { forest, rates } = context;
  const transfers: Transfer[] = [];
  const clientPids = new Map(forest.workers.map(({ process, clientPid }) => [process.pid, clientPid]));
  for (const process of forest.raw.processes) {
    for (const path of heldOutputs(forest.raw, process.pid)) {
      if (built.has(path)) continue;
      const io = rates.get(identityKey(process));
      transfers.push({
        pid: process.pid,
        startTime: process.startTime,
        path,
        name: nameOfStorePath(path),
        clientPid: clientPids.get(process.pid) ?? null,
        readBytesPerSec: io?.readBytesPerSec ?? null,
        writeBytesPerSec: io?.writeBytesPerSec ?? null,
      });
    }
  }
  return transfers;
}

/** `pts/3`, `tty1`, `ttyS0` from a device number as /proc/<pid>/stat prints it (major 136-143, 4). */
export function ttyName(device: number): string | null {
  const major = (device >> 8) & 0xfff;
  const minor = (device & 0xff) | ((device >> 12) & 0xfff00);
  if (major >= 136 && major <= 143) return `pts/${minor + (major - 136) * 256}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  return null;
}
