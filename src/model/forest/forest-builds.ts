/**
 * Which processes are one build. A builder leads a session below a Nix tool. Where builds have users of their own, Nix
 * gives each user (a "slot") to one build at a time: all processes of the user are its newest builder's. Each Nix does so
 * for itself: the same number in a container is another user. Where builds have no users (single-user installs), only the
 * tree below a builder is.
 */

import type { ProcessRaw } from '../sample.ts';
import { buildUserSlot, toolOfComm } from './nix-tools.ts';
import { type Descendant, descend, elsewhereOf, type Graph, isBuildUid, sandboxOf } from './process-graph.ts';

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

/** A slot of our own Nix by its number, one of another with its place. */
type SlotKey = number | string;

/** Tools that run builders in their own process. */
const builderParents =
  /^(?:nix|nix-daemon|nix-build|nix-env|nix-store|nix-shell|nix-instantiate|nix-eval-jobs)$/;

export function groupBuilds(graph: Graph): BuildGroup[] {
  const { raw, byPid } = graph;
  const builders = raw.processes.filter(
    (process) => process.session === process.pid && isBuilderParent(byPid.get(process.ppid)),
  );
  const keyOf = (process: ProcessRaw, slot: number): SlotKey => {
    const place = elsewhereOf(graph, process);
    return place === null ? slot : `${place} ${slot}`;
  };
  const newestBySlot = new Map<SlotKey, { readonly root: ProcessRaw; readonly slot: number }>();
  for (const builder of builders) {
    const slot = slotOf(graph, builder);
    if (slot === null) continue;
    const key = keyOf(builder, slot);
    if ((newestBySlot.get(key)?.root.startTime ?? -1) <= builder.startTime)
      newestBySlot.set(key, { root: builder, slot });
  }
  const users = raw.processes.filter((process) => isBuildUid(raw, process.uid) && !isCleaner(graph, process));
  const processesBySlot = Map.groupBy(users, (process) =>
    keyOf(process, buildUserSlot(process.uid as number)),
  );

  const builds: BuildGroup[] = [];
  const taken = new Set<number>();
  const addBuild = (root: ProcessRaw, slot: number | null, isOrphaned: boolean): void => {
    const tree = descend(graph, root, ({ pid }) => !taken.has(pid));
    tree.forEach(({ process }) => {
      taken.add(process.pid);
    });
    const ofSlot = slot === null ? [] : (processesBySlot.get(keyOf(root, slot)) ?? []);
    const others = ofSlot.filter(({ pid }) => !taken.has(pid));
    for (const { pid } of others) taken.add(pid);
    builds.push({
      root,
      slot,
      processes: [
        ...tree.map(({ process, depth }) => ({ process, depth, escapee: isOrphaned })),
        ...escapedTrees(graph, others).map(({ process, depth }) => ({ process, depth, escapee: true })),
      ],
    });
  };
  for (const { root, slot } of newestBySlot.values()) if (!taken.has(root.pid)) addBuild(root, slot, false);
  // What is left of a build user without a builder: its builder has ended before it.
  for (const processes of processesBySlot.values()) {
    // Whether another root's uid is a build user's is for its own passwd to say.
    const left = processes.filter(
      (process) => !taken.has(process.pid) && elsewhereOf(graph, process) === null,
    );
    if (left.length > 0) addBuild(oldest(left), buildUserSlot(left[0]?.uid as number), true);
  }
  // Without build users (single-user installs) only what its own facts prove to be a builder is one.
  for (const root of builders) {
    if (!taken.has(root.pid) && isProvenBuilder(root) && toolOfComm(root.comm) === null)
      addBuild(root, null, false);
  }
  return builds;
}

/** Each that left the tree with what it started since, oldest first, one below the root. */
function escapedTrees(graph: Graph, escapees: readonly ProcessRaw[]): Descendant[] {
  if (escapees.length === 0) return [];
  const left = new Set(escapees.map(({ pid }) => pid));
  const byAge = escapees.toSorted((a, b) => a.startTime - b.startTime);
  const found: Descendant[] = [];
  // The second round is for parents torn by a reused pid, which could stand in a circle.
  for (const top of [...byAge.filter(({ ppid }) => !left.has(ppid)), ...byAge]) {
    if (!left.has(top.pid)) continue;
    for (const { process, depth } of descend(graph, top, ({ pid }) => left.has(pid))) {
      left.delete(process.pid);
      found.push({ process, depth: depth + 1 });
    }
  }
  return found;
}

/** A tool that runs builders as its children. */
export function isBuilderParent(process: ProcessRaw | undefined): boolean {
  return process !== undefined && builderParents.test(toolOfComm(process.comm) ?? '');
}

/**
 * A Nix that runs as root starts nothing as somebody else but builders: their uid is a build user's even
 * before the build users are read, and whatever these are called. Where the builder's own uid could not be
 * read, its children's decides.
 */
function slotOf(graph: Graph, builder: ProcessRaw): number | null {
  const { raw, byPid } = graph;
  if (isBuildUid(raw, builder.uid)) return buildUserSlot(builder.uid);
  if (builder.uid !== null) {
    const startedByRoot = builder.uid !== 0 && byPid.get(builder.ppid)?.uid === 0;
    return startedByRoot ? builder.uid : null;
  }
  const child = descend(graph, builder).find(({ process }) => isBuildUid(raw, process.uid));
  return child === undefined ? null : buildUserSlot(child.process.uid as number);
}

/**
 * Before and after a build Nix forks a child that takes the build user's uid and kills everything of it
 * (killUser in src/libutil/util.cc). It never leaves its parent's session; a builder does so first of all.
 */
function isCleaner({ byPid }: Graph, process: ProcessRaw): boolean {
  const parent = byPid.get(process.ppid);
  return process.session !== process.pid && isBuilderParent(parent) && process.comm === parent?.comm;
}

/** By its own facts: it stands in a derivation's sandbox or has a builder's environment. */
export function isProvenBuilder(process: ProcessRaw): boolean {
  if (sandboxOf(process) !== null) return true;
  const { environment } = process.facts;
  return environment !== undefined && 'buildTop' in environment && environment.buildTop !== null;
}

/** What would prove it has not been read: not asked yet, or its answer came too late. */
export function isProofUnread({ facts: { rootMount, environment } }: ProcessRaw): boolean {
  return isUnread(rootMount) || isUnread(environment);
}

function isUnread(fact: string | object | undefined): boolean {
  if (fact === undefined) return true;
  return typeof fact === 'object' && 'kind' in fact && (fact.kind === 'timeout' || fact.kind === 'exhausted');
}

function oldest(processes: readonly ProcessRaw[]): ProcessRaw {
  return processes.reduce((first, process) => (process.startTime < first.startTime ? process : first));
}
