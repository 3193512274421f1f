/** What a rebuild has still to build, as a graph that can be played: numbers instead of derivations. */
import type { DerivationRaw } from '../model/rebuild/derivation.ts';
import type { Build, Rebuild } from '../model/rebuild/rebuild.ts';

/** In typed arrays: it is made anew every few seconds, of thousands of builds. */
export interface Graph {
  /** Pairs: a node, and one that needs it. */
  readonly edges: readonly number[];
  /** Who needs node `i`: `dependents` from `firsts[i]` to before `firsts[i + 1]`. */
  readonly dependents: Uint32Array;
  readonly firsts: Uint32Array;
  /** How many nodes each waits for. */
  readonly waitsFor: Uint32Array;
}

/** Node `i` is `drvs[i]`; the running ones come first. */
export interface RemainingWork {
  readonly drvs: readonly string[];
  /** So many of them run. */
  readonly running: readonly Build[];
  readonly graph: Graph;
  /** Of those that do not run: whose file was not read, so that nobody knows what they wait for. */
  readonly unread: readonly number[];
}

/** What can never be built because a build that failed is needed for it is left out. */
export function remainingWork(
  { running, planned, failed }: Pick<Rebuild, 'running' | 'planned' | 'failed'>,
  derivations: ReadonlyMap<string, DerivationRaw>,
): RemainingWork {
  const builds = [...running.values()];
  const lost = failed.size === 0 ? null : needing(failed, planned, derivations);
  const waiting = lost === null ? [...planned] : [...planned].filter((drv) => !lost.has(drv));
  const drvs = [...builds.map(({ drv }) => drv), ...waiting];
  const nodeOf = new Map<string, number>();
  for (let node = 0; node < drvs.length; node++) nodeOf.set(drvs[node] as string, node);

  const edges: number[] = [];
  const unread: number[] = [];
  for (let node = builds.length; node < drvs.length; node++) {
    const derivation = derivations.get(drvs[node] as string);
    if (derivation === undefined) unread.push(node);
    else {
      for (const input of derivation.inputs) {
        const needed = nodeOf.get(input);
        if (needed !== undefined && needed !== node) edges.push(needed, node);
      }
    }
  }
  return { drvs, running: builds, graph: graphOf(drvs.length, edges), unread };
}

function graphOf(count: number, edges: readonly number[]): Graph {
  const firsts = new Uint32Array(count + 1);
  const waitsFor = new Uint32Array(count);
  for (let at = 0; at < edges.length; at += 2) {
    (firsts[(edges[at] as number) + 1] as number) += 1;
    (waitsFor[edges[at + 1] as number] as number) += 1;
  }
  for (let node = 0; node < count; node++) (firsts[node + 1] as number) += firsts[node] as number;
  const next = firsts.slice();
  const dependents = new Uint32Array(edges.length / 2);
  for (let at = 0; at < edges.length; at += 2) {
    const needed = edges[at] as number;
    dependents[next[needed] as number] = edges[at + 1] as number;
    (next[needed] as number) += 1;
  }
  return { edges, dependents, firsts, waitsFor };
}

/** The planned ones that need one of these, directly or not. */
function needing(
  failed: ReadonlyMap<string, unknown>,
  planned: ReadonlySet<string>,
  derivations: ReadonlyMap<string, DerivationRaw>,
): ReadonlySet<string> {
  const neededBy = new Map<string, string[]>();
  for (const drv of planned) {
    for (const input of derivations.get(drv)?.inputs ?? []) {
      const list = neededBy.get(input);
      if (list === undefined) neededBy.set(input, [drv]);
      else list.push(drv);
    }
  }
  const lost = new Set<string>();
  const next = [...failed.keys()];
  for (let drv = next.pop(); drv !== undefined; drv = next.pop()) {
    for (const one of neededBy.get(drv) ?? []) {
      if (lost.has(one)) continue;
      lost.add(one);
      next.push(one);
    }
  }
  return lost;
}

/** As if each of those that were not read waited for the one before it: the most that they may take. */
export function withUnreadInTurn(work: RemainingWork): RemainingWork {
  const { unread, drvs, graph } = work;
  if (unread.length < 2) return work;
  const edges = [...graph.edges];
  for (let i = 1; i < unread.length; i++) edges.push(unread[i - 1] as number, unread[i] as number);
  return { ...work, graph: graphOf(drvs.length, edges) };
}
