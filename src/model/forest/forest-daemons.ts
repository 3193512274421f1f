/**
 * The daemon and its workers. A worker forks for every builder, hook and clean-up, and until such a child
 * has exec'ed it looks just like the worker, title included: what hangs below a worker is none.
 */

import type { ForestRaw, ProcessRaw } from '../sample.ts';
import { clientPidOfWorker } from './nix-tools.ts';
import { argvOf, elsewhereOf, type Graph, hasNestedPids } from './process-graph.ts';

export interface WorkerProcess {
  readonly process: ProcessRaw;
  readonly clientPid: number | null;
}

export interface Daemons {
  /** Our main daemon: no client in its title, no daemon above it, and its state directory is ours. */
  readonly daemon: ProcessRaw | null;
  /** Main daemons besides: of containers and other roots, or one too many. */
  readonly otherDaemons: readonly ProcessRaw[];
  readonly workers: readonly WorkerProcess[];
}

/**
 * `nix-daemon` or `nix daemon` (whose worker is titled `nix <pid>`) at the socket, not `nix-daemon --stdio`
 * at the far end of an ssh: that one is a client.
 */
export function isDaemonProgram(process: ProcessRaw | undefined): boolean {
  if (process === undefined) return false;
  const argv = argvOf(process);
  if (process.comm === 'nix-daemon') return !argv.includes('--stdio');
  return process.comm === 'nix' && /^(?:daemon|\d+)$/.test(argv[1] ?? '') && !argv.includes('--stdio');
}

export function findDaemons(graph: Graph, building: ReadonlySet<number>): Daemons {
  const { raw, byPid } = graph;
  const above = ({ ppid }: ProcessRaw): ProcessRaw | null => {
    const parent = byPid.get(ppid);
    return parent !== undefined && isDaemonProgram(parent) ? parent : null;
  };
  const mains: ProcessRaw[] = [];
  const workers: WorkerProcess[] = [];
  const programs = raw.processes.filter((one) => isDaemonProgram(one) && !building.has(one.pid));
  for (const process of programs) {
    const clientPid = clientPidOfWorker(argvOf(process));
    const parent = above(process);
    if (parent === null && clientPid === null) mains.push(process);
    // Workers outlive the main daemon: then only their title tells them.
    else if (parent === null || (clientPidOfWorker(argvOf(parent)) === null && above(parent) === null)) {
      // The pid in its title is one of its own pid namespace.
      const foreign = elsewhereOf(graph, process) !== null || hasNestedPids(graph, process);
      const seen = foreign ? null : clientPid;
      workers.push({ process, clientPid: olderThan(process, byPid.get(seen ?? 0), seen) });
    }
  }
  const ours = mains.filter((process) => elsewhereOf(graph, process) === null);
  const daemon = ours.sort(byLikelihood(workers, raw))[0] ?? null;
  return { daemon, otherDaemons: mains.filter((process) => process !== daemon), workers };
}

/** A pid that was handed out after the worker started is not its client, but somebody who has the pid now. */
function olderThan(worker: ProcessRaw, client: ProcessRaw | undefined, pid: number | null): number | null {
  return client !== undefined && client.startTime > worker.startTime ? null : pid;
}

/** A daemon binds the socket right after its start, and takes the name from whoever had it before. */
const bindsWithinSec = 5;
const inexactSec = 1;

/**
 * The one that bound the socket we see (unless systemd did) before the others, one with workers before one without,
 * one whose title is known before one that may be anything, by age.
 */
function byLikelihood(
  workers: readonly WorkerProcess[],
  { daemonSocketBoundSec, ticksPerSec }: ForestRaw,
): (a: ProcessRaw, b: ProcessRaw) => number {
  const bound = ({ startTime }: ProcessRaw): boolean => {
    const afterSec = (daemonSocketBoundSec ?? Number.NaN) - startTime / ticksPerSec;
    return afterSec >= -inexactSec && afterSec <= bindsWithinSec;
  };
  const serves = new Set(workers.map(({ process }) => process.ppid));
  const weight = (process: ProcessRaw): number =>
    (bound(process) ? 4 : 0) + (serves.has(process.pid) ? 2 : 0) + (argvOf(process).length > 0 ? 1 : 0);
  return (a, b) => weight(b) - weight(a) || a.startTime - b.startTime;
}
