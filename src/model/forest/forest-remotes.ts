/** Builds that run on another machine: here they are a hook and its ssh. */

import type { ProcessRaw } from '../sample.ts';
import { argvOf, descend, type Graph } from './process-graph.ts';

export interface RemoteGroup {
  readonly hook: ProcessRaw;
  readonly host: string | null;
  readonly processes: readonly ProcessRaw[];
}

/** `build-remote <verbosity>` or `nix __build-remote <verbosity>`; without an ssh child it is an idle hook. */
export function groupRemotes(graph: Graph, building: ReadonlySet<number>): RemoteGroup[] {
  const remotes: RemoteGroup[] = [];
  graph.raw.processes.forEach((hook) => {
    if (building.has(hook.pid) || !isHook(hook) || isFork(graph, hook)) return;
    const processes = descend(graph, hook).map(({ process }) => process);
    const ssh = processes.find(({ comm }) => comm === 'ssh');
    if (ssh !== undefined) remotes.push({ hook, host: hostOfSsh(argvOf(ssh)), processes });
  });
  return remotes;
}

function isHook(process: ProcessRaw): boolean {
  if (process.comm === 'build-remote') return true;
  const argv = argvOf(process);
  return argv[1] === '__build-remote' || /(?:^|\/)build-remote$/.test(argv[0] ?? '');
}

/** A hook's child that has not become its ssh yet. */
function isFork({ byPid }: Graph, hook: ProcessRaw): boolean {
  const parent = byPid.get(hook.ppid);
  return parent !== undefined && isHook(parent);
}

const withValue = /^-[BbcDEeFIiJLlmOoPpQRSWw]$/;

/** Destination of ssh(1): the first argument that is neither an option nor the value of one. */
export function hostOfSsh(argv: readonly string[]): string | null {
  for (let position = 1; position < argv.length; position += 1) {
    const argument = argv[position] as string;
    if (withValue.test(argument)) position += 1;
    else if (!argument.startsWith('-')) return argument.replace(/^ssh:\/\//, '').replace(/^[^@]*@/, '');
  }
  return null;
}
