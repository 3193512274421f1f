/** What an action reads of this moment: the forest, whose a build is, and what is nixpulse itself in it. */
import { type ProcessIdentity, sameProcess } from '../base/identity.ts';
import type { ClientGroup } from '../model/forest/client-group.ts';
import { commandWords } from '../model/forest/command-line.ts';
import { keepGoing } from '../model/forest/derive-clients.ts';
import { clientFinder } from '../model/forest/derive-forest.ts';
import { type Forest, growForest } from '../model/forest/forest.ts';
import type { BuildGroup } from '../model/forest/forest-builds.ts';
import { argvOf, sandboxOf } from '../model/forest/process-graph.ts';
import type { BuildTarget, ClientTarget } from '../model/intents/intent.ts';
import type { ForestRaw, ProcessRaw } from '../model/sample.ts';
import { parseProcessStat } from '../parse/process-stat.ts';
import type { Ports } from '../platform/ports.ts';
import type { ActionContext } from './action.ts';
import { isLiving } from './build-processes.ts';
import { shortened } from './wording.ts';

/** Null where there is none to read. */
export function forestNow({ readForest }: Pick<ActionContext, 'readForest'>): Forest | null {
  const raw = readForest();
  return raw === null ? null : growForest(raw);
}

/** Our own pid and those of everything above us: never signalled, whatever it looks like. */
export function ownProcesses({ files, native }: Pick<Ports, 'files' | 'native'>): ReadonlySet<number> {
  const own = new Set<number>();
  let pid = native.pid;
  while (pid > 0 && !own.has(pid)) {
    own.add(pid);
    const text = files.read(`/proc/${pid}/stat`);
    const stat = text.ok ? parseProcessStat(text.value) : text;
    if (!stat.ok) break;
    pid = stat.value.ppid;
  }
  return own;
}

export function targetOfBuild({ root, slot }: BuildGroup, raw: ForestRaw): BuildTarget {
  const { environment } = root.facts;
  const named = environment !== undefined && 'name' in environment ? environment.name : null;
  const user = root.uid === null || slot === null ? null : (raw.buildUsers[root.uid] ?? `uid ${slot}`);
  const { pid, startTime } = root;
  return {
    root: { pid, startTime },
    uid: slot === null ? null : root.uid,
    name: sandboxOf(root)?.name ?? named,
    user,
  };
}

export function targetOfClient({ process }: ClientGroup): ClientTarget {
  const { pid, startTime, comm } = process;
  return { process: { pid, startTime }, command: shortened(commandWords(argvOf(process), comm)) };
}

export interface OwningClient extends ClientTarget {
  readonly keepGoing: boolean | null;
}

/** The outermost client of a build; null where it has none any more. */
export function clientOfBuild({ root }: BuildTarget, forest: Forest): OwningClient | null {
  const process = forest.byPid.get(root.pid);
  if (process === undefined || !sameProcess(process, root)) return null;
  const pid = clientPidOf(process, forest);
  const group = forest.clients.find((client) => client.process.pid === pid);
  return group === undefined ? null : { ...targetOfClient(group), keepGoing: keepGoing(group.processes) };
}

/** Pid of the outermost client that a builder root works for; that client may have ended. */
export function clientPidOf(root: ProcessRaw, forest: Forest): number | null {
  return clientFinder(forest)(root);
}

/** The client as it is now; null when it ended or became another program. */
export function clientGroupOf(client: ProcessIdentity, forest: Forest): ClientGroup | null {
  return forest.clients.find(({ process }) => sameProcess(process, client)) ?? null;
}

export function isRunning(identity: ProcessIdentity, forest: Forest): boolean {
  const process = forest.byPid.get(identity.pid);
  return process !== undefined && sameProcess(process, identity) && isLiving(process);
}
