/**
 * The derivations of one rebuild as a tree: each below the one that needs it, once. Of several that need it, it is
 * below the one nearest to the top, so that the tree is as flat as can be and nothing moves while builds begin and end.
 *
 * A value that never changes. The next one shares the shape while the rebuild has the same derivations, and looks only
 * at what can have changed: of a tick that brought lines and phases, at what runs.
 */
import type { DerivationRaw } from '../model/rebuild/derivation.ts';
import type { Rebuild } from '../model/rebuild/rebuild.ts';

/** Most urgent first. `blocked`: not built because something it needs failed. `stopped`: with the others. */
export const treeStates = ['failed', 'running', 'waiting', 'blocked', 'planned', 'stopped', 'done'] as const;
export type TreeState = (typeof treeStates)[number];
export type TreeCounts = Readonly<Record<TreeState, number>>;

const kinds = treeStates.length;
const [failed, running, waiting, blocked, planned, stopped, done] = [0, 1, 2, 3, 4, 5, 6];
/** Up to here something happens, or something has to be known. */
const lastActive = waiting;

/** Nodes are numbers, from the top down; those below one node stand in a row. */
interface Shape {
  readonly drvs: readonly string[];
  readonly nodes: ReadonlyMap<string, number>;
  /** What is known of each, as it was when the shape was made. */
  readonly raws: readonly (DerivationRaw | undefined)[];
  /** -1 at the top. */
  readonly parents: Int32Array;
  readonly firstBelow: Int32Array;
  readonly countBelow: Int32Array;
  /** How many are at the top: the first ones. */
  readonly tops: number;
}

export interface DerivationTree {
  readonly shape: Shape;
  readonly rebuild: Rebuild;
  readonly derivations: ReadonlyMap<string, DerivationRaw>;
  readonly states: Uint8Array;
  /** By node and state: itself and everything below it. */
  readonly counts: Int32Array;
  /** Derivation that waits: key of the first of its waits. */
  readonly waits: ReadonlyMap<string, string>;
}

/** `before`: the tree of the same rebuild as it was. */
export function deriveTree(
  rebuild: Rebuild,
  derivations: ReadonlyMap<string, DerivationRaw>,
  before: DerivationTree | null,
): DerivationTree {
  if (before?.rebuild === rebuild && before.derivations === derivations) return before;
  const waits = rebuild.waits === before?.rebuild.waits ? before.waits : waitsOf(rebuild);
  if (before === null || !isWhole(before, rebuild, derivations, waits)) {
    const shape = shapeOf(allOf(rebuild, waits), derivations);
    const states = new Uint8Array(shape.drvs.length);
    for (const [node, drv] of shape.drvs.entries()) states[node] = stateOf(rebuild, waits, drv);
    return { shape, rebuild, derivations, waits, states, counts: countsOf(shape, states) };
  }
  const { shape } = before;
  const changed = changes(before, rebuild, waits);
  if (changed.length === 0) return { ...before, rebuild, derivations, waits };
  const states = before.states.slice();
  const counts = before.counts.slice();
  for (const [node, state] of changed) {
    const was = states[node] as number;
    states[node] = state;
    for (let at = node; at >= 0; at = shape.parents[at] as number) {
      counts[at * kinds + was] = (counts[at * kinds + was] as number) - 1;
      counts[at * kinds + state] = (counts[at * kinds + state] as number) + 1;
    }
  }
  return { shape, rebuild, derivations, waits, states, counts };
}

function waitsOf({ waits }: Rebuild): ReadonlyMap<string, string> {
  const byDrv = new Map<string, string>();
  for (const [id, { drv }] of waits) if (drv !== null && !byDrv.has(drv)) byDrv.set(drv, id);
  return byDrv;
}

type Places = Pick<Rebuild, 'planned' | 'running' | 'failed' | 'finished' | 'dependents' | 'elsewhere'>;

function placesOf(rebuild: Places): readonly { keys(): IterableIterator<string> }[] {
  const { planned: plan, running: runs, failed: fails, finished, dependents, elsewhere } = rebuild;
  return [plan, runs, fails, finished, dependents, elsewhere];
}

function allOf(rebuild: Rebuild, waits: ReadonlyMap<string, string>): ReadonlySet<string> {
  const all = new Set<string>();
  for (const place of [...placesOf(rebuild), waits]) for (const drv of place.keys()) all.add(drv);
  return all;
}

/** It has every derivation of the rebuild, and knows what is known of them. */
function isWhole(
  { shape, rebuild: old, derivations: known, waits: oldWaits }: DerivationTree,
  rebuild: Rebuild,
  derivations: ReadonlyMap<string, DerivationRaw>,
  waits: ReadonlyMap<string, string>,
): boolean {
  const before = [...placesOf(old), oldWaits];
  for (const [index, place] of [...placesOf(rebuild), waits].entries()) {
    if (place === before[index]) continue;
    for (const drv of place.keys()) if (!shape.nodes.has(drv)) return false;
  }
  return derivations === known || shape.drvs.every((drv, node) => derivations.get(drv) === shape.raws[node]);
}

/** Breadth first: who is reached first is nearest to the top. */
function shapeOf(
  all: ReadonlySet<string>,
  derivations: ReadonlyMap<string, DerivationRaw>,
  known = derivations,
): Shape {
  const needed = new Set<string>();
  for (const drv of all)
    for (const input of derivations.get(drv)?.inputs ?? [])
      if (input !== drv && all.has(input)) needed.add(input);
  const drvs: string[] = [];
  const nodes = new Map<string, number>();
  const parents = new Int32Array(all.size);
  const firstBelow = new Int32Array(all.size);
  const countBelow = new Int32Array(all.size);
  const add = (drv: string, parent: number) => {
    parents[drvs.length] = parent;
    nodes.set(drv, drvs.length);
    drvs.push(drv);
  };
  for (const drv of all) if (!needed.has(drv)) add(drv, -1);
  const tops = drvs.length;
  for (let node = 0; node < drvs.length; node += 1) {
    firstBelow[node] = drvs.length;
    for (const input of derivations.get(drvs[node] as string)?.inputs ?? [])
      if (all.has(input) && !nodes.has(input)) add(input, node);
    countBelow[node] = drvs.length - (firstBelow[node] as number);
  }
  // A circle, which no derivation is in, but a file may say so: what is left is at the top, with nothing below it.
  if (drvs.length < all.size) return shapeOf(all, withoutInputs(derivations, all, nodes), known);
  return {
    drvs,
    nodes,
    raws: drvs.map((drv) => known.get(drv)),
    parents,
    firstBelow,
    countBelow,
    tops,
  };
}

function withoutInputs(
  derivations: ReadonlyMap<string, DerivationRaw>,
  all: ReadonlySet<string>,
  reached: ReadonlyMap<string, number>,
): ReadonlyMap<string, DerivationRaw> {
  const cut = new Map(derivations);
  for (const drv of all) if (!reached.has(drv)) cut.delete(drv);
  return cut;
}

function stateOf(rebuild: Rebuild, waits: ReadonlyMap<string, string>, drv: string): number {
  if (rebuild.running.has(drv)) return running;
  if (rebuild.failed.has(drv)) return failed;
  if (rebuild.dependents.has(drv)) return blocked;
  const ended = rebuild.finished.get(drv);
  if (ended !== undefined) return ended.state === 'done' ? done : stopped;
  if (waits.has(drv)) return waiting;
  // What has left every place was done so long ago that it is only counted.
  return rebuild.planned.has(drv) ? planned : done;
}

/** Nodes that are in another state now. */
function changes(
  { shape, states, rebuild: old, waits: oldWaits }: DerivationTree,
  rebuild: Rebuild,
  waits: ReadonlyMap<string, string>,
): readonly (readonly [node: number, state: number])[] {
  const changed: (readonly [number, number])[] = [];
  const look = (node: number, drv: string) => {
    const state = stateOf(rebuild, waits, drv);
    if (state !== states[node]) changed.push([node, state]);
  };
  const moved =
    old.planned !== rebuild.planned ||
    old.finished !== rebuild.finished ||
    old.failed !== rebuild.failed ||
    old.dependents !== rebuild.dependents ||
    old.elsewhere !== rebuild.elsewhere;
  if (moved) {
    for (const [node, drv] of shape.drvs.entries()) {
      // Most are where they were: one look.
      const was = states[node];
      if (was === planned && rebuild.planned.has(drv) && !waits.has(drv)) continue;
      if (was === done && rebuild.finished.get(drv)?.state === 'done') continue;
      look(node, drv);
    }
    return changed;
  }
  const some = new Set<string>();
  if (old.running !== rebuild.running)
    for (const map of [old.running, rebuild.running]) for (const drv of map.keys()) some.add(drv);
  if (oldWaits !== waits) for (const map of [oldWaits, waits]) for (const drv of map.keys()) some.add(drv);
  for (const drv of some) {
    const node = shape.nodes.get(drv);
    if (node !== undefined) look(node, drv);
  }
  return changed;
}

function countsOf({ drvs, parents }: Shape, states: Uint8Array): Int32Array {
  const counts = new Int32Array(drvs.length * kinds);
  // From the bottom up: a parent stands before what is below it.
  for (let node = drvs.length - 1; node >= 0; node -= 1) {
    const own = node * kinds + (states[node] as number);
    counts[own] = (counts[own] as number) + 1;
    const parent = parents[node] as number;
    if (parent < 0) continue;
    for (let kind = 0; kind < kinds; kind += 1)
      counts[parent * kinds + kind] =
        (counts[parent * kinds + kind] as number) + (counts[node * kinds + kind] as number);
  }
  return counts;
}

export function stateOfNode({ states }: DerivationTree, node: number): TreeState {
  return treeStates[states[node] as number] as TreeState;
}

/** Nodes directly below one; without one, those at the top. */
export function* nodesBelow({ shape }: DerivationTree, node: number | null): Generator<number> {
  const first = node === null ? 0 : (shape.firstBelow[node] as number);
  const count = node === null ? shape.tops : (shape.countBelow[node] as number);
  for (let below = first; below < first + count; below += 1) yield below;
}

export function hasBelow({ shape }: DerivationTree, node: number): boolean {
  return (shape.countBelow[node] as number) > 0;
}

/** The most urgent state of a node and of everything below it, as its place in `treeStates`. */
export function urgencyOf({ counts }: DerivationTree, node: number): number {
  for (let kind = 0; kind < kinds; kind += 1) if ((counts[node * kinds + kind] as number) > 0) return kind;
  return kinds;
}

/** Something failed, runs or waits there. */
export function isActive(tree: DerivationTree, node: number): boolean {
  return urgencyOf(tree, node) <= lastActive;
}

/** Something failed, runs or waits below it. */
export function isActiveBelow({ counts, states }: DerivationTree, node: number): boolean {
  const own = states[node] as number;
  for (let kind = 0; kind <= lastActive; kind += 1)
    if ((counts[node * kinds + kind] as number) > (own === kind ? 1 : 0)) return true;
  return false;
}

/** Of everything below a node. */
export function countsBelow({ counts, states }: DerivationTree, node: number): TreeCounts {
  return namedCounts((kind) => (counts[node * kinds + kind] as number) - (states[node] === kind ? 1 : 0));
}

/** Of several nodes and of everything below them. */
export function sumOfCounts({ counts }: DerivationTree, nodes: Iterable<number>): TreeCounts {
  const sums = new Array<number>(kinds).fill(0);
  for (const node of nodes)
    for (let kind = 0; kind < kinds; kind += 1)
      sums[kind] = (sums[kind] as number) + (counts[node * kinds + kind] as number);
  return namedCounts((kind) => sums[kind] as number);
}

function namedCounts(of: (kind: number) => number): TreeCounts {
  const named: Partial<Record<TreeState, number>> = {};
  for (const [kind, state] of treeStates.entries()) named[state] = of(kind);
  return named as TreeCounts;
}
