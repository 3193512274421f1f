/**
 * Ends clients as Ctrl-C does, INT to their Nix processes, so that Nix itself ends its builders and removes
 * what they left; then TERM, then KILL for an evaluation, which hears neither.
 */

import { type IdentityKey, identityKey, sameProcess } from '../base/identity.ts';
import { toolOf } from '../model/forest/command-line.ts';
import type { Forest } from '../model/forest/forest.ts';
import type { ClientTarget, SignalName } from '../model/intents/intent.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { ActionContext } from './action.ts';
import { findBuildProcesses, isLiving, type Proof, proofOf } from './build-processes.ts';
import { clientGroupOf, clientPidOf, targetOfBuild } from './forest-now.ts';

const termAfterMs = 1000;
const killAfterMs = 2000;
/** A client that builds by itself removes its build directories before it ends: KILL would leave them. */
const cleanUpMs = 15_000;

/** A client that is being ended. */
export interface EndingClient {
  readonly client: ClientTarget;
  /** Nix processes of it so far, each with the strongest signal it got. */
  readonly tools: Map<IdentityKey, { process: ProcessRaw; sent: SignalName | null }>;
  /** Its builds, by their root. */
  readonly builds: Map<IdentityKey, Proof>;
  readonly sinceMs: number;
  /**
   * `ending` until nothing of it lives. `gone`: it had ended before. `doubtful`, `denied`: not touched.
   */
  kind: 'ending' | 'ended' | 'gone' | 'doubtful' | 'denied';
  reason: string | null;
  strongest: SignalName;
  endedMs: number | null;
}

export function endingClient(client: ClientTarget, sinceMs: number): EndingClient {
  return {
    client,
    tools: new Map(),
    builds: new Map(),
    sinceMs,
    kind: 'ending',
    reason: null,
    strongest: 'INT',
    endedMs: null,
  };
}

/** One look at a client and, where it is time, the next signal. */
export function signalClient(
  one: EndingClient,
  forest: Forest,
  own: ReadonlySet<number>,
  context: ActionContext,
): void {
  if (one.kind !== 'ending') return;
  const nowMs = context.ports.clock.monotonic();
  const first = one.tools.size === 0;
  const tools = toolsOf(one, forest).filter(({ pid }) => !own.has(pid));
  if (first) {
    const doubt = whyNoClient(one, forest, own);
    if (doubt !== null) {
      Object.assign(one, doubt);
      return;
    }
  }
  noteBuilds(one, forest, own);
  if (tools.length === 0) {
    one.kind = 'ended';
    one.endedMs = nowMs;
    return;
  }
  const signal = dueSignal(one, forest, nowMs, own);
  let denied = 0;
  for (const process of tools) {
    const key = identityKey(process);
    const known = one.tools.get(key) ?? { process, sent: null };
    one.tools.set(key, known);
    if (known.sent === signal && signal !== 'KILL') continue;
    const sent = context.ports.signals.send(process, signal);
    if (!sent.ok && sent.problem.kind === 'denied') denied += 1;
    known.sent = signal;
    // What is stopped hears nothing but KILL.
    if (process.state === 'T') context.ports.signals.send(process, 'CONT');
  }
  one.strongest = signal;
  if (first && denied === tools.length) one.kind = 'denied';
}

/** Its Nix processes now: those of its group, and earlier ones that outlived their parent. */
function toolsOf(one: EndingClient, forest: Forest): readonly ProcessRaw[] {
  const group = clientGroupOf(one.client.process, forest)?.processes ?? [];
  const outlived = forest.raw.processes.filter((process) => one.tools.has(identityKey(process)));
  const all = new Map([...group, ...outlived].map((process) => [process.pid, process]));
  return [...all.values()].filter((process) => isLiving(process) && isClientTool(process, forest));
}

/** A Nix tool, and neither the daemon nor one of its workers, whatever it was before. */
function isClientTool(process: ProcessRaw, forest: Forest): boolean {
  if (process.pid <= 1 || toolOf(process) === null) return false;
  const daemons = [...(forest.daemon === null ? [] : [forest.daemon]), ...forest.otherDaemons];
  if (daemons.some((daemon) => sameProcess(process, daemon))) return false;
  return !forest.workers.some((worker) => sameProcess(worker.process, process));
}

function whyNoClient(
  one: EndingClient,
  forest: Forest,
  own: ReadonlySet<number>,
): Pick<EndingClient, 'kind' | 'reason'> | null {
  const process = forest.byPid.get(one.client.process.pid);
  if (process === undefined || !sameProcess(process, one.client.process) || !isLiving(process)) {
    return { kind: 'gone', reason: null };
  }
  if (own.has(process.pid)) return { kind: 'doubtful', reason: 'nixpulse itself runs below it' };
  if (clientGroupOf(one.client.process, forest) === null || !isClientTool(process, forest)) {
    return { kind: 'doubtful', reason: `process ${process.pid} is ${process.comm} now, no client of Nix` };
  }
  return null;
}

function noteBuilds(one: EndingClient, forest: Forest, own: ReadonlySet<number>): void {
  for (const group of forest.builds) {
    const key = identityKey(group.root);
    if (one.builds.has(key) || clientPidOf(group.root, forest) !== one.client.process.pid) continue;
    const proof = proofOf(targetOfBuild(group, forest.raw));
    // Proven while its parent stands above it: afterwards it may be an orphan of pid 1.
    if (findBuildProcesses(proof, forest, own).kind === 'proven') one.builds.set(key, proof);
  }
}

function dueSignal(one: EndingClient, forest: Forest, nowMs: number, own: ReadonlySet<number>): SignalName {
  const elapsedMs = nowMs - one.sinceMs;
  if (elapsedMs < termAfterMs) return 'INT';
  if (elapsedMs < killAfterMs) return 'TERM';
  const cleansUp = one.builds.size > 0 && isDirect(one) && livingBuilds(one, forest, own).length === 0;
  return cleansUp && elapsedMs < cleanUpMs ? 'TERM' : 'KILL';
}

/** It built in its own processes: no worker of a daemon between. */
function isDirect({ builds, tools }: EndingClient): boolean {
  const pids = new Set([...tools.values()].map(({ process }) => process.pid));
  return [...builds.values()].some(({ proven, target }) =>
    [...proven.values()].some((process) => process.pid === target.root.pid && pids.has(process.ppid)),
  );
}

export function livingBuilds(one: EndingClient, forest: Forest, own: ReadonlySet<number>): readonly Proof[] {
  return [...one.builds.values()].filter((proof) => {
    const found = findBuildProcesses(proof, forest, own);
    return found.kind === 'proven' && found.processes.some(isLiving);
  });
}
