/** What users started: the outermost Nix tools, and whatever else a worker serves. */

import type { ProcessRaw } from '../sample.ts';
import type { ClientGroup } from './client-group.ts';
import { programName, toolOf } from './command-line.ts';
import { activationOf, isActivateScript, isGenerationsScript, joinSwitches } from './forest-activation.ts';
import { isDaemonProgram, type WorkerProcess } from './forest-daemons.ts';
import { standingOf, toolOfComm } from './nix-tools.ts';
import { ancestors, argvOf, descend, type Graph } from './process-graph.ts';

/** `buildPids`: of builds, local and remote. */
export function groupClients(
  graph: Graph,
  buildPids: ReadonlySet<number>,
  workers: readonly WorkerProcess[],
): readonly ClientGroup[] {
  const served = new Set(workers.map(({ clientPid }) => clientPid));
  const isClient = (process: ProcessRaw): boolean =>
    !buildPids.has(process.pid) && (served.has(process.pid) || isClientTool(process));
  const outermost = new Set<ProcessRaw>();
  const programs = graph.raw.processes.filter((one) => isClient(one) && !isDaemonProgram(one));
  for (const process of programs) {
    let top = process;
    let foreign = false;
    for (const ancestor of ancestors(graph, process)) {
      // What a daemon or a build runs (hooks, a nix inside a test) is theirs.
      foreign ||= isDaemonProgram(ancestor) || buildPids.has(ancestor.pid);
      if (isClient(ancestor)) top = ancestor;
    }
    if (!foreign) outermost.add(top);
  }
  const clients: ClientGroup[] = [];
  for (const process of outermost) {
    const tool =
      process.facts.ownTool ?? toolOfComm(process.comm) ?? programName(argvOf(process), process.comm);
    const processes = descend(graph, process, ({ pid }) => !buildPids.has(pid)).map((entry) => entry.process);
    const proven = served.has(process.pid) || processes.some((other) => other !== process && isNix(other));
    if (standingOf(tool) === 'ambiguous' && !proven) continue;
    if (isActivateScript(process) && !isGenerationsScript(process)) continue;
    const activation = activationOf(process, processes);
    clients.push({
      process,
      tool,
      processes,
      activation: activation === null ? null : { ...activation, unit: null },
    });
  }
  return joinSwitches(clients, graph);
}

/** Called only for what is no daemon at the socket: a nix-daemon left over is `nix-daemon --stdio`. */
function isClientTool(process: ProcessRaw): boolean {
  const tool = toolOf(process);
  if (tool === null || isDaemonProgram(process)) return false;
  return tool === 'nix-daemon' || standingOf(tool) !== 'service';
}

function isNix({ comm }: ProcessRaw): boolean {
  return /^nix/.test(toolOfComm(comm) ?? '');
}
