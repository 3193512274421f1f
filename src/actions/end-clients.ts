/**
 * Ends clients by INT to their Nix processes, the innermost first, so that Nix itself ends its builders and removes
 * what they left; then TERM, then KILL for an evaluation, which hears neither.
 */

import { identityKey } from '../base/identity.ts';
import type { Forest } from '../model/forest/forest.ts';
import { isNixItself } from '../model/forest/nix-tools.ts';
import type { SignalName } from '../model/intents/intent.ts';
import type { ActionContext } from './action.ts';
import { findBuildProcesses, isLiving, type Proof, proofOf } from './build-processes.ts';
import {
  dueTools,
  type EndingClient,
  type EndingTool,
  livingTools,
  noteTools,
  whyNoClient,
  whySpared,
} from './ending-client.ts';
import { clientGroupOf, clientPidOf, targetOfBuild } from './forest-now.ts';

const termAfterMs = 1000;
const killAfterMs = 2000;
/**
 * A client that builds by itself removes its build directories before it ends: KILL would leave them. The same
 * patience for an activation, which may be in the middle of a file.
 */
const cleanUpMs = 15_000;

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
