/** Whom an action would signal now, in its order and by its own proofs: what `--dry-run` says. */

import { commandWords, processName } from '../model/forest/command-line.ts';
import type { Forest } from '../model/forest/forest.ts';
import { toolOfComm } from '../model/forest/nix-tools.ts';
import { argvOf } from '../model/forest/process-graph.ts';
import type { BuildTarget, ClientTarget, Intent, SignalName } from '../model/intents/intent.ts';
import { titleOfTarget } from '../model/intents/intent.ts';
import type { ProcessRaw } from '../model/sample.ts';
import type { Native, Ports } from '../platform/ports.ts';
import type { ActionContext } from './action.ts';
import { findBuildProcesses, isLiving, proofOf } from './build-processes.ts';
import { toldInTurn } from './ending-client.ts';
import { clientPidOf, forestNow, ownProcesses, targetOfBuild, targetOfClient } from './forest-now.ts';
import { notPermitted, notPermittedClient, shortened } from './wording.ts';

export interface PlannedSignal {
  readonly signal: SignalName;
  readonly pid: number;
  readonly name: string;
}

export interface SignalPlan {
  readonly signals: readonly PlannedSignal[];
  /** What would not be touched, and why. */
  readonly refusals: readonly string[];
  /** Nothing would be signalled, for want of a privilege. */
  readonly denied: boolean;
}

type Signalling = Extract<Intent, { readonly type: 'kill' | 'pause' | 'resume' | 'cancel' }>;

export function isSignalling(intent: Intent): intent is Signalling {
  return intent.type === 'cancel' || intent.type in signals;
}

const signals = { kill: 'KILL', pause: 'STOP', resume: 'CONT' } as const;

export function plannedSignals(
  intent: Signalling,
  context: Pick<ActionContext, 'ports' | 'readForest'>,
): SignalPlan {
  const forest = forestNow(context);
  if (forest === null) {
    return { signals: [], refusals: ['the processes of this machine cannot be read'], denied: false };
  }
  const own = ownProcesses(context.ports);
  const parts =
    intent.type === 'cancel'
      ? [
          ...clientsOf(intent, forest, own).map((client) => ofClient(client, forest, own, context.ports)),
          ...orphansOf(intent, forest).map((target) => ofBuild(target, 'cancel', forest, own, context.ports)),
        ]
      : intent.targets.map((target) => ofBuild(target, intent.type, forest, own, context.ports));
  const planned = parts.flatMap((part) => part.signals);
  return {
    signals: planned,
    refusals: parts.flatMap((part) => part.refusals),
    denied: planned.length === 0 && parts.some(({ denied }) => denied),
  };
}

/** Everything is what runs now, not what ran when the plan was asked for. */
function clientsOf(
  { clients, everything }: Extract<Intent, { readonly type: 'cancel' }>,
  forest: Forest,
  own: ReadonlySet<number>,
): readonly ClientTarget[] {
  if (!everything) return clients;
  const groups = forest.clients.filter(({ processes }) => !processes.some(({ pid }) => own.has(pid)));
  return groups.map(targetOfClient);
}

function orphansOf(
  { orphans, everything }: Extract<Intent, { readonly type: 'cancel' }>,
  forest: Forest,
): readonly BuildTarget[] {
  if (!everything) return orphans;
  const isAlone = (root: ProcessRaw) => {
    const client = clientPidOf(root, forest);
    return client === null || !forest.byPid.has(client);
  };
  return forest.builds.filter(({ root }) => isAlone(root)).map((group) => targetOfBuild(group, forest.raw));
}

function ofClient(
  client: ClientTarget,
  forest: Forest,
  own: ReadonlySet<number>,
  { native }: Ports,
): SignalPlan {
  const told = toldInTurn(client, forest, own);
  const name = shortened(client.command);
  if ('reason' in told) return { signals: [], refusals: [`${name} ${told.reason}`], denied: false };
  return allowed(told.processes, 'INT', native, notPermittedClient(client));
}

function ofBuild(
  target: BuildTarget,
  type: Signalling['type'],
  forest: Forest,
  own: ReadonlySet<number>,
  { native }: Ports,
): SignalPlan {
  const found = findBuildProcesses(proofOf(target), forest, own);
  const title = titleOfTarget(target);
  if (found.kind !== 'proven') {
    const why = found.kind === 'ended' ? 'has already ended' : `would not be touched: ${found.reason}`;
    return { signals: [], refusals: [`${title} ${why}`], denied: false };
  }
  const verb = type === 'cancel' ? 'kill' : type;
  return allowed(found.processes.filter(isLiving), signals[verb], native, notPermitted(target, verb));
}

function allowed(
  processes: readonly ProcessRaw[],
  signal: SignalName,
  native: Native,
  denial: string,
): SignalPlan {
  const mine = processes.filter(({ uid }) => native.may('signal-all') || uid === native.uid);
  const denied = mine.length === 0 && processes.length > 0;
  return {
    signals: mine.map((process) => ({ signal, pid: process.pid, name: nameOf(process) })),
    refusals: denied ? [denial] : [],
    denied,
  };
}

function nameOf(process: ProcessRaw): string {
  const { comm } = process;
  return toolOfComm(comm) ?? processName({ comm, command: commandWords(argvOf(process), comm) });
}
