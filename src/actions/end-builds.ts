/**
 * Ends builds: KILL to every process proven to be theirs, read again and repeated until none is left. A
 * process that forks faster than it is met loses to its group, its cgroup or its sandbox dying at once.
 */

import { type IdentityKey, identityKey } from '../base/identity.ts';
import { plural } from '../base/plural.ts';
import type { Forest } from '../model/forest/forest.ts';
import type { BuildTarget } from '../model/intents/intent.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { ActionContext } from './action.ts';
import { ownProcesses } from './ancestors.ts';
import { type Belonging, belongsTo, groupLeaders, isLiving, type Proof } from './belongs.ts';
import { cgroupOf } from './build-cgroup.ts';
import { forestNow } from './forest-now.ts';
import { wait } from './wait.ts';

const firstRoundMs = 10;
const longestRoundMs = 50;
const giveUpMs = 5000;
/** One reading can miss a process that is born while the list is made: so many in a row do not. */
const cleanReadings = 2;

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

type Proven = Extract<Belonging, { readonly kind: 'proven' }>;

interface Hunt {
  readonly proof: Proof;
  readonly met: Set<IdentityKey>;
  residentBytes: number | null;
  left: readonly ProcessRaw[];
  clean: number;
  cleanAtMs: number;
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
  const hunts = proofs.map(newHunt);
  let forest = first;
  for (let roundMs = firstRoundMs; ; roundMs = Math.min(longestRoundMs, roundMs * 1.5)) {
    for (const hunt of hunts) if (hunt.end === null) round(hunt, forest);
    const open = hunts.filter(({ end }) => end === null);
    if (open.length === 0 || context.cancelled.aborted) break;
    if (clock.monotonic() - startMs >= giveUpMs) break;
    const waits = open.reduce((sum, { left }) => sum + left.length, 0);
    if (waits > 0) context.report({ text: `waits for ${plural(waits, 'process', 'processes')}` });
    await wait(context, roundMs);
    forest = forestNow(context);
  }
  return hunts.map((hunt) => ({
    target: hunt.proof.target,
    ...(hunt.end ?? { kind: 'left', reason: null }),
    processes: hunt.met.size - hunt.left.length,
    residentBytes: hunt.residentBytes,
    tookMs: (hunt.clean > 0 ? hunt.cleanAtMs : clock.monotonic()) - startMs,
    left: hunt.left,
  }));

  function round(hunt: Hunt, forest: Forest | null): void {
    if (forest === null) {
      hunt.end = { kind: 'doubtful', reason: 'the processes of this machine cannot be read' };
      return;
    }
    const belonging = belongsTo(hunt.proof, forest, own);
    const first = hunt.met.size === 0;
    if (belonging.kind === 'doubtful' && first) {
      hunt.end = belonging;
      return;
    }
    hunt.left = belonging.kind === 'proven' ? belonging.processes.filter(isLiving) : [];
    if (belonging.kind !== 'proven' || hunt.left.length === 0) {
      // A chain of forks too short-lived to be read can still be met in the group of its zombie leader.
      if (belonging.kind === 'proven' && !first) strikeGroups(belonging);
      if (first) hunt.end = { kind: 'gone', reason: null };
      if (hunt.clean === 0) hunt.cleanAtMs = clock.monotonic();
      hunt.clean += 1;
      if (hunt.clean >= cleanReadings) hunt.end ??= { kind: 'ended', reason: null };
      return;
    }
    hunt.clean = 0;
    if (first) hunt.residentBytes = sumResident(hunt.left);
    for (const process of hunt.left) hunt.met.add(identityKey(process));
    const denied = strike(belonging, hunt.left, first);
    if (denied && first) hunt.end = { kind: 'denied', reason: null };
  }

  /** Numbers of the groups that are struck whole. */
  function strikeGroups(belonging: Proven): ReadonlySet<number> {
    const struck = new Set<number>();
    for (const leader of groupLeaders(belonging)) {
      if (context.ports.signals.sendGroup(leader, 'KILL').ok) struck.add(leader.pid);
    }
    return struck;
  }

  /** True when not one of them could be signalled. */
  function strike(belonging: Proven, processes: readonly ProcessRaw[], first: boolean): boolean {
    const { signals } = context.ports;
    const [root] = processes;
    if (root === undefined) return false;
    let denied = 0;
    const kill = (process: ProcessRaw) => {
      const sent = signals.send(process, 'KILL');
      if (!sent.ok && sent.problem.kind === 'denied') denied += 1;
    };
    // Before the root dies: the next build of this user gets a cgroup of the same name.
    const cgroup = first ? cgroupOf(root, files) : null;
    if (cgroup !== null) signals.controlCgroup(cgroup, 'kill');
    // The root first: in a sandbox it is pid 1, and all of its namespace dies with it.
    kill(root);
    if (denied > 0 && first) return true;
    const struck = strikeGroups(belonging);
    for (const process of processes.slice(1)) if (!struck.has(process.pgrp)) kill(process);
    return denied === processes.length;
  }
}

function newHunt(proof: Proof): Hunt {
  return { proof, met: new Set(), residentBytes: null, left: [], clean: 0, cleanAtMs: 0, end: null };
}

function sumResident(processes: readonly ProcessRaw[]): number | null {
  const known = processes.flatMap(({ residentBytes }) => residentBytes ?? []);
  return known.length === 0 ? null : known.reduce((sum, one) => sum + one, 0);
}
