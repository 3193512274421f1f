/**
 * Ends clients by INT to their Nix processes, the innermost first, so that Nix itself ends its builders and removes
 * what they left; then TERM, then KILL for an evaluation, which hears neither.
 */

import { type IdentityKey, identityKey, sameProcess } from '../base/identity.ts';
import type { Forest } from '../model/forest/forest.ts';
import { isNixItself, toolOfComm } from '../model/forest/nix-tools.ts';
import type { ClientTarget, SignalName } from '../model/intents/intent.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { ActionContext } from './action.ts';
import { findBuildProcesses, isLiving, type Proof, proofOf } from './build-processes.ts';
import { nextToInterrupt } from './cancel-order.ts';
import { clientGroupOf, clientPidOf, targetOfBuild } from './forest-now.ts';

const termAfterMs = 1000;
const killAfterMs = 2000;
/** A client that builds by itself removes its build directories before it ends: KILL would leave them. */
const cleanUpMs = 15_000;

interface EndingTool {
  readonly process: ProcessRaw;
  /** The strongest signal it got. */
  sent: SignalName | null;
  /** When it got its first one; null: its turn has not come. */
  sinceMs: number | null;
  denied: boolean;
}

/** A client that is being ended. */
export interface EndingClient {
  readonly client: ClientTarget;
  /** Nix processes of it so far. */
  readonly tools: Map<IdentityKey, EndingTool>;
  /** Its builds, by their root. */
  readonly builds: Map<IdentityKey, Proof>;
  /**
   * `ending` until nothing of it lives. `gone`: it had ended before. `doubtful`, `denied`: not touched.
   */
  kind: 'ending' | 'ended' | 'gone' | 'doubtful' | 'denied';
  reason: string | null;
  strongest: SignalName;
  endedMs: number | null;
}

export function endingClient(client: ClientTarget): EndingClient {
  return {
    client,
    tools: new Map(),
    builds: new Map(),
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
  for (const process of tools) {
    const key = identityKey(process);
    if (!one.tools.has(key)) one.tools.set(key, { process, sent: null, sinceMs: null, denied: false });
  }
  const toolOf = (process: ProcessRaw) => one.tools.get(identityKey(process));
  // What KILL does not end (a disk that does not answer) holds its callers up no longer.
  const isHearing = (process: ProcessRaw) =>
    toolOf(process)?.denied === false && toolOf(process)?.sent !== 'KILL';
  for (const process of nextToInterrupt(tools.filter(isHearing), forest)) {
    const tool = toolOf(process);
    if (tool !== undefined) signalTool(one, tool, process, dueSignal(one, tool, forest, nowMs, own), context);
  }
  if (tools.every((process) => toolOf(process)?.denied)) one.kind = 'denied';
}

function signalTool(
  one: EndingClient,
  tool: EndingTool,
  process: ProcessRaw,
  signal: SignalName,
  { ports }: ActionContext,
): void {
  tool.sinceMs ??= ports.clock.monotonic();
  if (tool.sent === signal) return;
  const sent = ports.signals.send(process, signal);
  tool.denied = !sent.ok && sent.problem.kind === 'denied';
  tool.sent = signal;
  // What is stopped hears nothing but KILL.
  if (process.state === 'T') ports.signals.send(process, 'CONT');
  if (one.strongest !== 'KILL')
    one.strongest = one.strongest === 'TERM' && signal === 'INT' ? 'TERM' : signal;
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
  if (process.pid <= 1 || toolOfComm(process.comm) === null) return false;
  if (forest.daemon !== null && sameProcess(process, forest.daemon)) return false;
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

function dueSignal(
  one: EndingClient,
  { process, sinceMs }: EndingTool,
  forest: Forest,
  nowMs: number,
  own: ReadonlySet<number>,
): SignalName {
  const elapsedMs = sinceMs === null ? 0 : nowMs - sinceMs;
  if (elapsedMs < termAfterMs) return 'INT';
  if (elapsedMs < killAfterMs) return 'TERM';
  const cleansUp = isNixItself(process) && isDirect(one) && livingBuilds(one, forest, own).length === 0;
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
