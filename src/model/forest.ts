/** The forest of a sample as a graph: who is whose child, and what each process is. Pure look-ups. */
import { ambiguousTools, buildUserSlot, isAutoAllocatedUid, toolOfComm } from './nix-tools.ts';
import type { ForestRaw, ProcessRaw } from './sample.ts';
import { clientPidOfWorker } from './worker-title.ts';

export interface Forest {
  readonly raw: ForestRaw;
  readonly byPid: ReadonlyMap<number, ProcessRaw>;
  readonly children: ReadonlyMap<number, readonly ProcessRaw[]>;
  /** The main daemon: no client in its title, no daemon above it. */
  readonly daemon: ProcessRaw | null;
  readonly workers: readonly { readonly process: ProcessRaw; readonly clientPid: number | null }[];
  /** Builders, grouped as one build each. */
  readonly builds: readonly BuildGroup[];
  readonly remotes: readonly RemoteGroup[];
  /** Outermost tools with everything below them that is no build. */
  readonly clients: readonly ClientGroup[];
}

export interface BuildGroup {
  /** Builder root, or the oldest process left when the root is gone. */
  readonly root: ProcessRaw;
  /** Depth-first from the root, then escapees. */
  readonly processes: readonly {
    readonly process: ProcessRaw;
    readonly depth: number;
    readonly escapee: boolean;
  }[];
  /** Build user slot; null where builds have no user of their own. */
  readonly slot: number | null;
}
export interface RemoteGroup {
  readonly hook: ProcessRaw;
  readonly host: string | null;
  readonly processes: readonly ProcessRaw[];
}
export interface ClientGroup {
  readonly process: ProcessRaw;
  readonly tool: string;
  readonly processes: readonly ProcessRaw[];
}

/** Tools that run builders in their own process. */
const builderParents =
  /^(?:nix|nix-daemon|nix-build|nix-env|nix-store|nix-shell|nix-instantiate|nix-eval-jobs)$/;

export function argvOf(process: ProcessRaw): readonly string[] {
  return Array.isArray(process.facts.argv) ? process.facts.argv : [];
}

export function isBuildUid(raw: ForestRaw, uid: number | null): uid is number {
  return uid !== null && (uid in raw.buildUsers || isAutoAllocatedUid(uid));
}

export function growForest(raw: ForestRaw): Forest {
  const byPid = new Map(raw.processes.map((process) => [process.pid, process]));
  const children = Map.groupBy(raw.processes, (process) => process.ppid);
  const graph = { raw, byPid, children };
  const builds = groupBuilds(graph);
  const building = new Set(builds.flatMap((build) => build.processes.map(({ process }) => process.pid)));
  const daemons = raw.processes.filter((process) => isDaemonProgram(process) && !building.has(process.pid));
  const workers = daemons
    .map((process) => ({ process, clientPid: clientPidOfWorker(argvOf(process)) }))
    .filter(({ process, clientPid }) => clientPid !== null || isDaemonProgram(byPid.get(process.ppid)));
  const serving = new Set(workers.map(({ process }) => process.pid));
  const daemon =
    daemons.filter(({ pid }) => !serving.has(pid)).sort((a, b) => a.startTime - b.startTime)[0] ?? null;
  const remotes = groupRemotes(graph, building);
  return { ...graph, daemon, workers, builds, remotes, clients: groupClients(graph, building) };
}

type Graph = Pick<Forest, 'raw' | 'byPid' | 'children'>;

/** A nix-daemon that serves the socket, not `nix-daemon --stdio` on the far end of an ssh. */
function isDaemonProgram(process: ProcessRaw | undefined): boolean {
  return process?.comm === 'nix-daemon' && !argvOf(process).includes('--stdio');
}

/** From a process upwards, itself excluded; ends at the edge of the forest. */
export function* ancestors(graph: Graph, process: ProcessRaw): Generator<ProcessRaw> {
  const seen = new Set([process.pid]);
  let parent = graph.byPid.get(process.ppid);
  while (parent !== undefined && !seen.has(parent.pid)) {
    yield parent;
    seen.add(parent.pid);
    parent = graph.byPid.get(parent.ppid);
  }
}

interface Descendant {
  readonly process: ProcessRaw;
  readonly depth: number;
}

/** Depth-first, the root first; `enter` cuts branches off. */
function descend(graph: Graph, root: ProcessRaw, enter: (process: ProcessRaw) => boolean): Descendant[] {
  const found: Descendant[] = [];
  const seen = new Set<number>();
  const visit = (process: ProcessRaw, depth: number): void => {
    if (seen.has(process.pid)) return;
    seen.add(process.pid);
    found.push({ process, depth });
    for (const child of graph.children.get(process.pid) ?? []) if (enter(child)) visit(child, depth + 1);
  };
  visit(root, 0);
  return found;
}

function groupBuilds(graph: Graph): BuildGroup[] {
  const { raw, byPid } = graph;
  const users = raw.processes.filter((process) => isBuildUid(raw, process.uid));
  const slots = Map.groupBy(users, (process) => buildUserSlot(process.uid as number));
  const builds: BuildGroup[] = [];
  for (const [slot, processes] of slots) {
    const byAge = processes.toSorted((a, b) => a.startTime - b.startTime);
    const rooted = byAge.findLast(
      (process) => process.session === process.pid && isBuilderParent(byPid.get(process.ppid)),
    );
    const root = rooted ?? (byAge[0] as ProcessRaw);
    const tree = descend(graph, root, () => true);
    const inTree = new Set(tree.map(({ process }) => process.pid));
    const escapees = byAge.filter(({ pid }) => !inTree.has(pid));
    builds.push({
      root,
      slot,
      processes: [
        ...tree.map((entry) => ({ ...entry, escapee: rooted === undefined })),
        ...escapees.map((process) => ({ process, depth: 1, escapee: true })),
      ],
    });
  }
  // Without build users (single-user installs) only what its own facts prove to be a builder is one.
  for (const root of raw.processes) {
    if (isBuildUid(raw, root.uid) || root.session !== root.pid || !isProvenBuilder(root)) continue;
    if (!isBuilderParent(byPid.get(root.ppid)) || toolOfComm(root.comm) !== null) continue;
    const processes = descend(graph, root, () => true).map((entry) => ({ ...entry, escapee: false }));
    builds.push({ root, slot: null, processes });
  }
  return builds;
}

/** A tool that runs builders as its children. */
export function isBuilderParent(process: ProcessRaw | undefined): boolean {
  return process !== undefined && builderParents.test(toolOfComm(process.comm) ?? '');
}

/** By its own facts: it stands in a derivation's sandbox or has a builder's environment. */
export function isProvenBuilder({ facts }: ProcessRaw): boolean {
  if (typeof facts.rootMount === 'string' && facts.rootMount.includes('.drv.chroot')) return true;
  return (
    facts.environment !== undefined && 'buildTop' in facts.environment && facts.environment.buildTop !== null
  );
}

/** `build-remote <verbosity>` or `nix __build-remote <verbosity>`; without an ssh child it is an idle hook. */
function groupRemotes(graph: Graph, building: ReadonlySet<number>): RemoteGroup[] {
  const remotes: RemoteGroup[] = [];
  for (const hook of graph.raw.processes) {
    const argv = argvOf(hook);
    const named =
      hook.comm === 'build-remote' || argv.includes('__build-remote') || /build-remote$/.test(argv[0] ?? '');
    if (!named || building.has(hook.pid)) continue;
    const processes = descend(graph, hook, () => true).map(({ process }) => process);
    const ssh = processes.find((process) => process.comm === 'ssh');
    if (ssh !== undefined) remotes.push({ hook, host: hostOfSsh(argvOf(ssh)), processes });
  }
  return remotes;
}

/** Destination of ssh(1): the first argument that is neither an option nor the value of one. */
export function hostOfSsh(argv: readonly string[]): string | null {
  const withValue = /^-[BbcDEeFIiJLlmOoPpQRSWw]$/;
  for (let position = 1; position < argv.length; position += 1) {
    const argument = argv[position] as string;
    if (withValue.test(argument)) position += 1;
    else if (!argument.startsWith('-')) return argument.replace(/^ssh:\/\//, '').replace(/^[^@]*@/, '');
  }
  return null;
}

function groupClients(graph: Graph, building: ReadonlySet<number>): ClientGroup[] {
  const isClientTool = (process: ProcessRaw): boolean =>
    toolOfComm(process.comm) !== null && !isDaemonProgram(process) && !building.has(process.pid);
  const outermost = new Set<ProcessRaw>();
  for (const process of graph.raw.processes) {
    if (!isClientTool(process)) continue;
    const above = [...ancestors(graph, process)];
    // What a daemon or a build runs (hooks, a nix inside a test) is theirs.
    if (above.some((ancestor) => isDaemonProgram(ancestor) || building.has(ancestor.pid))) continue;
    outermost.add(above.findLast(isClientTool) ?? process);
  }
  const clients: ClientGroup[] = [];
  for (const process of outermost) {
    const tool = toolOfComm(process.comm) as string;
    const processes = descend(graph, process, ({ pid }) => !building.has(pid)).map((entry) => entry.process);
    const inner = processes.filter((other) => other !== process && /^nix/.test(toolOfComm(other.comm) ?? ''));
    if (ambiguousTools.has(tool) && inner.length === 0) continue;
    clients.push({ process, tool, processes });
  }
  return clients;
}
