/** How far an activation has come: what it has written already, as far as the order of its tool proves it. */

import type { Activation, Client, ClientPhase } from '../model.ts';
import type { ProcessRaw } from '../sample.ts';
import type { ClientGroup } from './client-group.ts';
import { commandWords } from './command-line.ts';
import { isActivateScript, isActivation } from './forest-activation.ts';
import { argvOf } from './process-graph.ts';

/** `before`: of the same client a moment ago. */
export function deriveActivation(group: ClientGroup, before: Activation | null): Activation | null {
  if (group.activation === null) return null;
  const { action, unit, processes } = group.activation;
  const script = processes.some(isActivateScript);
  const stage = script ? 'script' : before === null || before.stage === null ? null : 'units';
  return {
    ...{ action, unit, stage, profile: profileOf(group), bootloader: bootloaderOf(group, stage) },
    ...childOf(processes),
  };
}

/** The youngest without children of its own. */
function childOf(processes: readonly ProcessRaw[]): Pick<Activation, 'child'> {
  const parents = new Set(processes.map(({ ppid }) => ppid));
  const leaves = processes.filter(
    (process) => !parents.has(process.pid) && !isActivation(process) && process.state !== 'Z',
  );
  const [first] = leaves.toSorted((a, b) => b.startTime - a.startTime);
  if (first === undefined) return {};
  return { child: { pid: first.pid, command: commandWords(argvOf(first), first.comm) } };
}

/**
 * nixos-rebuild and darwin-rebuild set the profile before they activate (switch, boot), home-manager where it tells the
 * script so, nh between its `test` and its `boot`.
 */
function profileOf({ tool, activation, process }: ClientGroup): boolean | null {
  const action = activation?.action ?? null;
  if (tool === 'home-manager')
    return argvOf(activation?.process ?? process).includes('--driver-version') ? true : null;
  if (!/rebuild|^nh$/.test(tool) || action === null) return null;
  return action === 'switch' || action === 'boot';
}

/** switch-to-configuration writes it before it activates, the scripts of home-manager and nix-darwin never do. */
function bootloaderOf({ activation }: ClientGroup, stage: Activation['stage']): boolean | null {
  if (activation === null || isActivateScript(activation.process)) return false;
  const { action } = activation;
  if (action === null || action === 'boot') return null;
  if (action !== 'switch') return false;
  return stage === null ? null : true;
}

/** What a client does that activates, by the action it was started with. */
export function activationPhase(action: string | null): ClientPhase {
  if (action === 'boot') return 'installing bootloader';
  return changesNothing(action) ? 'dry activation' : 'activating';
}

/** True where stopping a client midway leaves a system between two configurations. */
export function isActivating({ activation }: Pick<Client, 'activation'>): boolean {
  return activation !== null && !changesNothing(activation.action);
}

export function changesNothing(action: string | null): boolean {
  return action === 'dry-activate' || action === 'check';
}
