/**
 * Ends builds: KILL to every process proven to be theirs, read again and repeated until none is left. A
 * process that forks faster than it is read loses to its group, its cgroup or its sandbox dying at once.
 */

import { type IdentityKey, identityKey } from '../base/identity.ts';
import { plural } from '../base/plural.ts';
import type { Result } from '../base/problem.ts';
import type { Forest } from '../model/forest/forest.ts';
import type { BuildTarget } from '../model/intents/intent.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { ActionContext } from './action.ts';
import { cgroupOf } from './build-cgroup.ts';
import {
  type BuildProcesses,
  findBuildProcesses,
  groupLeaders,
  isLiving,
  type Proof,
} from './build-processes.ts';
import { forestNow, ownProcesses } from './forest-now.ts';
import { wait } from './wait.ts';

const firstRoundMs = 10;
const longestRoundMs = 50;
const giveUpMs = 5000;
/** What proves a build is read from a process that may be in swap: waited for so long, and nothing signalled before. */
const proofPatienceMs = 4500;
/** One reading can miss a process that is born while the list is made: so many in a row do not. */
const enoughEmptyReadings = 2;

/** What became of one build. */
export interface EndedBuild {
  readonly target: BuildTarget;
  /**
   * `ended`: nothing is left. `left`: something would not go. `gone`: it had ended before.
   * `doubtful`, `denied`: nothing was signalled.
   */
  readonly kind: 'ended' | 'left' | 'gone' | 'doubtful' | 'denied';
  readonly reason: string | null;
  /** Processes that were alive and are not. */
  readonly processes: number;
  /** VmRSS of all of it before; null while unknown. */
  readonly residentBytes: number | null;
  /** From the call to the reading that found nothing left. */
  readonly tookMs: number;
  readonly left: readonly ProcessRaw[];
}

type Proven = Extract<BuildProcesses, { readonly kind: 'proven' }>;

interface Ending {
  readonly proof: Proof;
  readonly signalled: Set<IdentityKey>;
  /** While nothing was signalled. */
  doubt: Pick<EndedBuild, 'kind' | 'reason'> | null;
  residentBytes: number | null;
  left: readonly ProcessRaw[];
  emptyReadings: number;
  emptyAtMs: number;
  end: Pick<EndedBuild, 'kind' | 'reason'> | null;
}

/**
 * `proofs`: fresh, or of builds that the same action has proven before they lost their parents. `first`: a
 * reading of this very moment, where the caller has one.
 */
export async function endBuilds(
  proofs: readonly Proof[],
  context: ActionContext,
  first: Forest | null = forestNow(context),
): Promise<readonly EndedBuild[]> {
  const { clock, files } = context.ports;
  const startMs = clock.monotonic();
  const own = ownProcesses(context.ports);
  const endings = proofs.map(endingOf);
  let forest = first;
  for (let roundMs = firstRoundMs; ; roundMs = Math.min(longestRoundMs, roundMs * 1.5)) {
    for (const ending of endings) if (ending.end === null) round(ending, forest);
    const open = endings.filter(({ end }) => end === null);
    if (open.length === 0 || context.cancelled.aborted) break;
    if (clock.monotonic() - startMs >= giveUpMs) break;
    const waits = open.reduce((sum, { left }) => sum + left.length, 0);
    if (waits > 0) context.report({ text: `waits for ${plural(waits, 'process', 'processes')}` });
    await wait(context, roundMs);
    forest = forestNow(context);
  }
  return endings.map((ending) => ({
    target: ending.proof.target,
    ...endOf(ending),
    processes: ending.signalled.size - ending.left.length,
    residentBytes: ending.residentBytes,
    tookMs: (ending.emptyReadings > 0 ? ending.emptyAtMs : clock.monotonic()) - startMs,
    left: ending.left,
  }));

  function round(ending: Ending, forest: Forest | null): void {
    if (forest === null) {
      ending.end = { kind: 'doubtful', reason: 'the processes of this machine cannot be read' };
      return;
    }
    const found = findBuildProcesses(ending.proof, forest, own);
    const first = ending.signalled.size === 0;
    if (found.kind === 'doubtful' && first) {
      ending.doubt = found;
      if (found.unread !== true || clock.monotonic() - startMs >= proofPatienceMs) ending.end = found;
      else context.report({ text: 'reads what proves the builder' });
      return;
    }
    ending.left = found.kind === 'proven' ? found.processes.filter(isLiving) : [];
    if (found.kind !== 'proven' || ending.left.length === 0) {
      // A chain of forks too short-lived to be read can still be reached through the group of its zombie leader.
      if (found.kind === 'proven' && !first) killGroups(found);
      if (first) ending.end = { kind: 'gone', reason: null };
      if (ending.emptyReadings === 0) ending.emptyAtMs = clock.monotonic();
      ending.emptyReadings += 1;
      if (ending.emptyReadings >= enoughEmptyReadings) ending.end ??= { kind: 'ended', reason: null };
      return;
    }
    ending.emptyReadings = 0;
    if (first) ending.residentBytes = sumResident(ending.left);
    for (const process of ending.left) ending.signalled.add(identityKey(process));
    const denied = killAll(found, ending.left, first);
    if (denied && first) ending.end = { kind: 'denied', reason: null };
  }

  /** Numbers of the groups that are killed whole. */
  function killGroups(found: Proven): ReadonlySet<number> {
    const killed = new Set<number>();
    for (const leader of groupLeaders(found)) {
      if (context.ports.signals.sendGroup(leader, 'KILL').ok) killed.add(leader.pid);
    }
    return killed;
  }

  /** True when not one of them could be signalled. */
  function killAll(found: Proven, processes: readonly ProcessRaw[], first: boolean): boolean {
    const { signals } = context.ports;
    const [root] = processes;
    if (root === undefined) return false;
    // Before the root dies: the next build of this user gets a cgroup of the same name.
    const cgroup = first ? cgroupOf(root, files) : null;
    if (cgroup !== null) signals.controlCgroup(cgroup, 'kill');
    // The root first: in a sandbox it is pid 1, and all of its namespace dies with it.
    const sent = [signals.send(root, 'KILL')];
    if (sent.every(isDenied) && first) return true;
    const killed = killGroups(found);
    for (const process of processes.slice(1)) {
      if (!killed.has(process.pgrp)) sent.push(signals.send(process, 'KILL'));
    }
    return sent.filter(isDenied).length === processes.length;
  }
}

function isDenied(sent: Result<void>): boolean {
  return !sent.ok && sent.problem.kind === 'denied';
}

/** Given up or cancelled before anything was signalled: what kept us from it. */
function endOf({ end, signalled, doubt, left }: Ending): Pick<EndedBuild, 'kind' | 'reason'> {
  if (end !== null) return end;
  if (signalled.size === 0 && doubt !== null) return doubt;
  // After the first reading that found nothing there is nothing left that could be named.
  return { kind: left.length === 0 ? 'ended' : 'left', reason: null };
}

function endingOf(proof: Proof): Ending {
  return {
    proof,
    signalled: new Set(),
    doubt: null,
    residentBytes: null,
    left: [],
    emptyReadings: 0,
    emptyAtMs: 0,
    end: null,
  };
}

function sumResident(processes: readonly ProcessRaw[]): number | null {
  const known = processes.flatMap(({ residentBytes }) => residentBytes ?? []);
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
}
