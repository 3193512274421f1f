/** A client that is being ended: which processes it has, which of them hear of it next, and why none may. */

import { type IdentityKey, identityKey, sameProcess } from '../base/identity.ts';
import type { ActivationGroup } from '../model/forest/client-group.ts';
import { toolOf } from '../model/forest/command-line.ts';
import { changesNothing } from '../model/forest/derive-activation.ts';
import type { Forest } from '../model/forest/forest.ts';
import { isNixItself, toolOfComm } from '../model/forest/nix-tools.ts';
import type { ClientTarget, SignalName } from '../model/intents/intent.ts';
import type { ProcessRaw } from '../model/sample.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import type { Files } from '../platform/ports.ts';
import type { ActionContext } from './action.ts';
import { isLiving, type Proof } from './build-processes.ts';
import { nextToInterrupt } from './cancel-order.ts';
import { clientGroupOf } from './forest-now.ts';

export interface EndingTool {
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

/** The activation that nobody asked to stop; null where it may be stopped, or there is none. */
export function whySpared(client: ClientTarget, activation: ActivationGroup | null): string | null {
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
export function dueTools(tools: readonly EndingTool[], forest: Forest): readonly EndingTool[] {
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

/** Its Nix processes and its activation, as they are now. */
export function noteTools(one: EndingClient, activation: ActivationGroup | null, forest: Forest): void {
  const activating = new Set(activation?.processes);
  for (const process of clientGroupOf(one.client.process, forest)?.processes ?? []) {
    const key = identityKey(process);
    const activates = activating.has(process);
    if (one.tools.has(key) || !(activates || isClientTool(process, forest))) continue;
    one.tools.set(key, { process, sent: null, sinceMs: null, denied: false, activates });
  }
}

/** Earlier ones that outlived their parent, too: what has no Nix name is no longer in the forest then. */
export function livingTools(
  one: EndingClient,
  forest: Forest,
  { ports }: ActionContext,
): readonly EndingTool[] {
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
  if (process.pid <= 1 || toolOf(process) === null) return false;
  const daemons = [...(forest.daemon === null ? [] : [forest.daemon]), ...forest.otherDaemons];
  if (daemons.some((daemon) => sameProcess(process, daemon))) return false;
  return !forest.workers.some((worker) => sameProcess(worker.process, process));
}

export function whyNoClient(
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
