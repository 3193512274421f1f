/** The processes of a sample as a graph: who is whose child. Pure look-ups. */

import { type DerivationName, derivationOfSandboxRoot } from '../nix-store/store-path.ts';
import type { ForestRaw, ProcessRaw } from '../sample.ts';
import { isAutoAllocatedUid } from './nix-tools.ts';

export interface Graph {
  readonly raw: ForestRaw;
  /** Whether any process is known to be of another Nix than ours: only beside containers and chroots. */
  readonly hasOthers: boolean;
  readonly byPid: ReadonlyMap<number, ProcessRaw>;
  readonly children: ReadonlyMap<number, readonly ProcessRaw[]>;
}

export interface Descendant {
  readonly process: ProcessRaw;
  readonly depth: number;
}

export function graphOf(raw: ForestRaw): Graph {
  const byPid = new Map<number, ProcessRaw>();
  let hasOthers = false;
  raw.processes.forEach((process) => {
    byPid.set(process.pid, process);
    const { statePlace } = process.facts;
    if (typeof statePlace === 'string' && statePlace !== raw.statePlace)
      hasOthers = raw.statePlace !== undefined;
  });
  return { raw, hasOthers, byPid, children: Map.groupBy(raw.processes, (process) => process.ppid) };
}

const noArguments: readonly string[] = [];

/** Its command line; empty while unknown. */
export function argvOf({ facts }: ProcessRaw): readonly string[] {
  return Array.isArray(facts.argv) ? facts.argv : noArguments;
}

/** The derivation in whose sandbox it stands; null outside of one, and while unknown. */
export function sandboxOf({ facts }: ProcessRaw): DerivationName | null {
  return typeof facts.rootMount === 'string' ? derivationOfSandboxRoot(facts.rootMount) : null;
}

/**
 * Null while its root is not known. A root that is not `/` is no sandbox yet: on a btrfs subvolume, or below
 * a bind mount, the root of every process is such.
 */
export function isSandboxed(process: ProcessRaw): boolean | null {
  return typeof process.facts.rootMount === 'string' ? sandboxOf(process) !== null : null;
}

export function isBuildUid(raw: ForestRaw, uid: number | null): uid is number {
  return uid !== null && (uid in raw.buildUsers || isAutoAllocatedUid(uid));
}

/** From a process upwards, itself excluded; ends at the edge of the forest. */
export function ancestors(graph: Graph, process: ProcessRaw): readonly ProcessRaw[] {
  const above: ProcessRaw[] = [];
  let parent = graph.byPid.get(process.ppid);
  while (parent !== undefined && above.length < graph.byPid.size) {
    above.push(parent);
    parent = graph.byPid.get(parent.ppid);
  }
  // Parents torn by a reused pid may stand in a circle.
  return parent === undefined ? above : [...new Set(above)].filter((one) => one !== process);
}

/**
 * The place of the other Nix that a process is of (a container's, a chroot's); null where it is ours, or not
 * proven to be another's.
 */
export function elsewhereOf(graph: Graph, process: ProcessRaw): string | null {
  if (!graph.hasOthers) return null;
  const own = graph.raw.statePlace;
  const placed = [process, ...ancestors(graph, process)].find(
    ({ facts }) => typeof facts.statePlace === 'string',
  );
  const place = placed?.facts.statePlace;
  return typeof place === 'string' && place !== own ? place : null;
}

/** It, or a tool above it, is in a pid namespace below ours: a container may well share our store. */
export function hasNestedPids(graph: Graph, process: ProcessRaw): boolean {
  return [process, ...ancestors(graph, process)].some(({ facts }) => facts.nestedPids === true);
}

/** Depth-first, the root first; `enter` cuts branches off. */
export function descend(
  graph: Graph,
  root: ProcessRaw,
  enter: (process: ProcessRaw) => boolean = () => true,
): Descendant[] {
  const found: Descendant[] = [];
  const seen = new Set<number>();
  const open: Descendant[] = [{ process: root, depth: 0 }];
  for (let entry = open.pop(); entry !== undefined; entry = open.pop()) {
    const { process, depth } = entry;
    if (seen.has(process.pid)) continue;
    seen.add(process.pid);
    found.push(entry);
    const below = graph.children.get(process.pid);
    if (below === undefined) continue;
    for (let last = below.length - 1; last >= 0; last -= 1) {
      const child = below[last] as ProcessRaw;
      if (enter(child)) open.push({ process: child, depth: depth + 1 });
    }
  }
  return found;
}
