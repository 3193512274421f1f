/**
 * Ends clients by INT to their Nix processes, the innermost first, so that Nix itself ends its builders and removes
 * what they left; then TERM, then KILL for an evaluation, which hears neither.
 */

import { type IdentityKey, identityKey, sameProcess } from '../base/identity.ts';
import { changesNothing } from '../model/forest/derive-activation.ts';
import type { Forest } from '../model/forest/forest.ts';
import type { ActivationGroup } from '../model/forest/forest-activation.ts';
import { isNixItself, toolOfComm } from '../model/forest/nix-tools.ts';
import type { ClientTarget, SignalName } from '../model/intents/intent.ts';
import type { ProcessRaw } from '../model/sample.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import type { Files } from '../platform/ports.ts';
import type { ActionContext } from './action.ts';
import { findBuildProcesses, isLiving, type Proof, proofOf } from './build-processes.ts';
import { nextToInterrupt } from './cancel-order.ts';
import { clientGroupOf, clientPidOf, targetOfBuild } from './forest-now.ts';

const termAfterMs = 1000;
const killAfterMs = 2000;
/**
 * A client that builds by itself removes its build directories before it ends: KILL would leave them. The same
 * patience for an activation, which may be in the middle of a file.
 */
const cleanUpMs = 15_000;

interface EndingTool {
  process: ProcessRaw;
  /** The strongest signal it got. */
  sent: SignalName | null;
  /** When it got its first one; null: its turn has not come. */
  sinceMs: number | null;
  denied: boolean;
  /** Of an activation: scripts hear Ctrl-C only where what they wait for hears it too, so all of it gets it at once. */
  readonly activates: boolean;
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
   * `activating`: it goes on, since nobody asked to stop an activation.
   */
  kind: 'ending' | 'ended' | 'gone' | 'doubtful' | 'denied' | 'activating';
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
  if (one.tools.size === 0) {
    const doubt = whyNoClient(one, forest, own);
    if (doubt !== null) {
      Object.assign(one, doubt);
      return;
    }
  }
  const activation = clientGroupOf(one.client.process, forest)?.activation ?? null;
  const spared = whySpared(one.client, activation);
  if (spared !== null) {
    one.kind = 'activating';
    one.reason = spared;
    return;
  }
  noteBuilds(one, forest, own);
  noteTools(one, activation, forest);
  const tools = livingTools(one, forest, context).filter(({ process }) => !own.has(process.pid));
  if (tools.length === 0) {
    one.kind = 'ended';
    one.endedMs = nowMs;
    return;
  }
  for (const tool of dueTools(tools, forest)) {
    signalTool(one, tool, dueSignal(one, tool, nowMs), context);
  }
  if (tools.every(({ denied }) => denied)) one.kind = 'denied';
}

/** The activation that nobody asked to stop; null where it may be stopped, or there is none. */
function whySpared(client: ClientTarget, activation: ActivationGroup | null): string | null {
  if (activation === null || changesNothing(activation.action) || client.activating === true) return null;
  const { comm, pid } = activation.process;
  return `goes on: it activates a configuration, ${toolOfComm(comm)} (${pid}); to stop that: nixpulse cancel ${client.process.pid}`;
}

/** Everybody who would hear of it, the first first; or why nobody would. */
export function toldInTurn(
  client: ClientTarget,
  forest: Forest,
  own: ReadonlySet<number>,
): { readonly processes: readonly ProcessRaw[] } | { readonly reason: string } {
  const one = endingClient(client);
  const doubt = whyNoClient(one, forest, own);
  if (doubt !== null)
    return { reason: doubt.reason === null ? 'has already ended' : `would not be touched: ${doubt.reason}` };
  const activation = clientGroupOf(client.process, forest)?.activation ?? null;
  const reason = whySpared(client, activation);
  if (reason !== null) return { reason };
  noteTools(one, activation, forest);
  const processes: ProcessRaw[] = [];
  const left = () =>
    [...one.tools.values()].filter(({ process: { pid }, sent }) => sent === null && !own.has(pid));
  for (let due = dueTools(left(), forest); due.length > 0; due = dueTools(left(), forest)) {
    for (const tool of due) tool.sent = 'KILL';
    // What Nix has started it ends by itself.
    if (due.some(({ process, activates }) => !activates && isNixItself(process)))
      for (const tool of left()) if (isNixItself(tool.process)) tool.sent = 'KILL';
    processes.push(...due.map(({ process }) => process).filter(isLiving));
  }
  return { processes };
}

/** What KILL does not end (a disk that does not answer) holds its callers up no longer. */
function dueTools(tools: readonly EndingTool[], forest: Forest): readonly EndingTool[] {
  const hearing = tools.filter(({ denied, sent }) => !denied && sent !== 'KILL');
  const activating = hearing.filter(({ activates }) => activates);
  if (activating.length > 0) return activating;
  const next = new Set(
    nextToInterrupt(
      hearing.map(({ process }) => process),
      forest,
    ),
  );
  return hearing.filter(({ process }) => next.has(process));
}

function signalTool(one: EndingClient, tool: EndingTool, signal: SignalName, { ports }: ActionContext): void {
  const { process } = tool;
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

/** Its Nix processes and its activation, as they are now. */
function noteTools(one: EndingClient, activation: ActivationGroup | null, forest: Forest): void {
  const activating = new Set(activation?.processes);
  for (const process of clientGroupOf(one.client.process, forest)?.processes ?? []) {
    const key = identityKey(process);
    const activates = activating.has(process);
    if (one.tools.has(key) || !(activates || isClientTool(process, forest))) continue;
    one.tools.set(key, { process, sent: null, sinceMs: null, denied: false, activates });
  }
}

/** Earlier ones that outlived their parent, too: what has no Nix name is no longer in the forest then. */
function livingTools(one: EndingClient, forest: Forest, { ports }: ActionContext): readonly EndingTool[] {
  const living: EndingTool[] = [];
  for (const [key, tool] of one.tools) {
    const now = forest.byPid.get(tool.process.pid);
    const there = now !== undefined && sameProcess(now, tool.process);
    const process = there ? now : tool.activates ? outsideForest(tool.process, ports.files) : null;
    if (process === null || !isLiving(process)) one.tools.delete(key);
    else if (tool.activates || isClientTool(process, forest)) living.push(Object.assign(tool, { process }));
  }
  return living;
}

function outsideForest(process: ProcessRaw, files: Files): ProcessRaw | null {
  const text = files.read(`/proc/${process.pid}/stat`);
  const stat = text.ok ? parseProcessStat(text.value) : text;
  return stat.ok && sameProcess(stat.value, process) ? { ...process, ...stat.value } : null;
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
  { process, sinceMs, activates }: EndingTool,
  nowMs: number,
): SignalName {
  const elapsedMs = sinceMs === null ? 0 : nowMs - sinceMs;
  if (elapsedMs < termAfterMs) return 'INT';
  if (elapsedMs < killAfterMs) return 'TERM';
  const cleansUp = activates || (isNixItself(process) && isDirect(one));
  return cleansUp && elapsedMs < cleanUpMs ? 'TERM' : 'KILL';
}

/** Its Nix has not ended them in its time; it removes what they left once they have ended. */
export function isLateWithBuilds(one: EndingClient, nowMs: number): boolean {
  if (one.kind !== 'ending' || !isDirect(one)) return false;
  return [...one.tools.values()].some(
    ({ process, sinceMs }) => isNixItself(process) && sinceMs !== null && nowMs - sinceMs >= killAfterMs,
  );
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
