/**
 * What is shown of the tree of a rebuild, line by line: open is where something failed, runs, waits or moves, and where
 * somebody opened it; the rest is counted. The work is that of the lines, and of the nodes beside them.
 */
import type { RootCause } from '../model/rebuild/cause.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { Build, FailureRecord, Hook, Transfer, Wait } from '../model/rebuild/rebuild.ts';
import {
  countsBelow,
  type DerivationTree,
  hasBelow,
  isActive,
  isActiveBelow,
  nodesBelow,
  stateOfNode,
  sumOfCounts,
  type TreeCounts,
  type TreeState,
  treeStates,
  urgencyOf,
} from './tree.ts';

/** `open` null: nothing is below it. `depth` 0 is the rebuild. `key`: the same while it is the same thing. */
export type TreeNode = { readonly key: string; readonly depth: number; readonly open: boolean | null } & (
  | { readonly kind: 'rebuild'; readonly followed: FollowedRebuild; readonly counts: TreeCounts }
  | {
      readonly kind: 'derivation';
      readonly drv: string;
      readonly rebuild: string;
      readonly state: TreeState;
      /** What the log says of it; null while it has not begun. */
      readonly build: Build | null;
      readonly wait: Wait | null;
      /** Why it failed. */
      readonly root: RootCause | null;
      /** Below it, where that is not shown. */
      readonly below: TreeCounts | null;
    }
  | { readonly kind: 'wait'; readonly wait: Wait }
  | { readonly kind: 'hook'; readonly hook: Hook }
  | { readonly kind: 'error'; readonly error: FailureRecord }
  | { readonly kind: 'transfer'; readonly transfer: Transfer }
  /** Transfers that have no line of their own. */
  | { readonly kind: 'transfers'; readonly moving: number; readonly asked: number }
  /** Derivations of one place that have no line of their own, with everything below them. `alone`: all of them. */
  | { readonly kind: 'more'; readonly counts: TreeCounts; readonly alone: boolean }
);

export interface TreeChoice {
  /** Keys of what somebody opened and closed. */
  readonly opened: ReadonlySet<string>;
  readonly closed: ReadonlySet<string>;
  /** Only derivations that match, one below the other; null: all. */
  readonly matches: ((drv: string) => boolean) | null;
}

/** Of one place, so many that wait have a line; on a machine without a free slot hundreds wait for one. */
const mostWaiting = 5;
const mostTransfers = 6;
const mostErrors = 3;
const mostMatches = 500;

export function keyOfRebuild(id: string): string {
  return `rebuild ${id}`;
}

export function keyOfDerivation(rebuild: string, drv: string): string {
  return `${drv} of ${rebuild}`;
}

export function treeNodes(
  followed: FollowedRebuild,
  tree: DerivationTree,
  choice: TreeChoice,
): readonly TreeNode[] {
  const key = keyOfRebuild(followed.id);
  const counts = sumOfCounts(tree, nodesBelow(tree, null));
  const open = isOpen(key, !followed.over || counts.failed + followed.rebuild.errors.length > 0, choice);
  const nodes: TreeNode[] = [{ kind: 'rebuild', key, depth: 0, open, followed, counts }];
  const whole: Whole = { nodes, followed, tree, choice, begins: beginsOf(followed, tree) };
  if (choice.matches !== null) addMatches(whole, choice.matches);
  else if (open) {
    addErrors(whole);
    addLevel(whole, null, 1);
  }
  return nodes;
}

/** What the lines are made of, and the lines so far. */
interface Whole {
  readonly nodes: TreeNode[];
  readonly followed: FollowedRebuild;
  readonly tree: DerivationTree;
  readonly choice: TreeChoice;
  /** By node: when the first of it and of what is below it began, Unix ms. */
  readonly begins: ReadonlyMap<number, number>;
}

function beginsOf({ rebuild }: FollowedRebuild, { shape }: DerivationTree): ReadonlyMap<number, number> {
  const begins = new Map<number, number>();
  for (const builds of [rebuild.failed, rebuild.running]) {
    for (const { drv, startedMs } of builds.values()) {
      if (startedMs === null) continue;
      for (let at = shape.nodes.get(drv) ?? -1; at >= 0; at = shape.parents[at] as number) {
        if ((begins.get(at) ?? Number.POSITIVE_INFINITY) <= startedMs) break;
        begins.set(at, startedMs);
      }
    }
  }
  return begins;
}

function isOpen(key: string, usually: boolean, { opened, closed }: TreeChoice): boolean {
  return usually ? !closed.has(key) : opened.has(key);
}

/** Errors of no derivation. */
function addErrors({ nodes, followed }: Whole): void {
  const { id, rebuild } = followed;
  for (const [index, error] of rebuild.errors.slice(0, mostErrors).entries())
    if (error.failure.drv === null)
      nodes.push({ kind: 'error', key: `error ${index} of ${id}`, depth: 1, open: null, error });
}

/** Everything below one node, or at the top. */
function addLevel(whole: Whole, parent: number | null, depth: number): void {
  const { nodes, followed, tree, choice, begins } = whole;
  const shown: { readonly node: number; readonly urgency: number; readonly begin: number }[] = [];
  const rest: number[] = [];
  for (const node of nodesBelow(tree, parent)) {
    if (!isActive(tree, node)) rest.push(node);
    else
      shown.push({
        node,
        urgency: urgencyOf(tree, node),
        begin: begins.get(node) ?? Number.POSITIVE_INFINITY,
      });
  }
  shown.sort((a, b) => a.urgency - b.urgency || compare(a.begin, b.begin) || a.node - b.node);
  let waiting = 0;
  for (const { node, urgency } of shown) {
    if (treeStates[urgency] === 'waiting') waiting += 1;
    if (waiting > mostWaiting) rest.push(node);
    else addDerivation(whole, node, depth);
  }
  if (parent === null) addBesides(whole);
  if (rest.length === 0) return;
  const { id } = followed;
  const key =
    parent === null
      ? `more of ${id}`
      : `more below ${keyOfDerivation(id, tree.shape.drvs[parent] as string)}`;
  const open = isOpen(key, false, choice);
  const counts = sumOfCounts(tree, rest);
  nodes.push({ kind: 'more', key, depth, open, counts, alone: shown.length === 0 });
  if (!open) return;
  rest.sort((a, b) => (tree.states[a] as number) - (tree.states[b] as number) || a - b);
  for (const node of rest) addDerivation(whole, node, depth);
}

/** Infinities are equal, too. */
function compare(a: number, b: number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function addDerivation(whole: Whole, node: number, depth: number): void {
  const { nodes, tree, choice } = whole;
  const one = derivationNode(whole, node, depth);
  // What is done below something that runs is no news.
  const has = hasBelow(tree, node) && (one.state !== 'running' || isActiveBelow(tree, node));
  const open = has ? isOpen(one.key, isActiveBelow(tree, node), choice) : null;
  nodes.push({ ...one, open, below: open === false ? countsBelow(tree, node) : null });
  if (open) addLevel(whole, node, depth + 1);
}

function derivationNode(
  { followed: { id, rebuild, failures }, tree }: Whole,
  node: number,
  depth: number,
): Extract<TreeNode, { kind: 'derivation' }> {
  const drv = tree.shape.drvs[node] as string;
  const state = stateOfNode(tree, node);
  const wait = state === 'waiting' ? (rebuild.waits.get(tree.waits.get(drv) ?? '') ?? null) : null;
  const build = rebuild.running.get(drv) ?? rebuild.failed.get(drv) ?? rebuild.finished.get(drv) ?? null;
  const root = state === 'failed' ? (failures.find(({ drvs }) => drvs.includes(drv)) ?? null) : null;
  const key = keyOfDerivation(id, drv);
  return {
    kind: 'derivation',
    key,
    depth,
    open: null,
    drv,
    rebuild: id,
    state,
    build,
    wait,
    root,
    below: null,
  };
}

/** What belongs to no derivation: waits, post-build hooks, transfers. */
function addBesides({ nodes, followed, choice }: Whole): void {
  const { id, rebuild } = followed;
  for (const [at, wait] of rebuild.waits)
    if (wait.drv === null)
      nodes.push({ kind: 'wait', key: `wait ${at} of ${id}`, depth: 1, open: null, wait });
  for (const [at, hook] of rebuild.hooks)
    nodes.push({ kind: 'hook', key: `hook ${at} of ${id}`, depth: 1, open: null, hook });
  const key = `transfers of ${id}`;
  const open = isOpen(key, false, choice);
  let own = 0;
  let moving = 0;
  let asked = 0;
  const more: TreeNode[] = [];
  for (const [at, transfer] of rebuild.transfers) {
    if (transfer.lookup) continue;
    const line: TreeNode = {
      kind: 'transfer',
      key: `transfer ${at} of ${id}`,
      depth: 1,
      open: null,
      transfer,
    };
    const moves = transfer.state === 'moving';
    if (moves && own < mostTransfers) {
      own += 1;
      nodes.push(line);
      continue;
    }
    if (moves) moving += 1;
    else asked += 1;
    if (open) more.push(line);
  }
  if (moving + asked > 0) nodes.push({ kind: 'transfers', key, depth: 1, open, moving, asked }, ...more);
}

function addMatches(whole: Whole, matches: (drv: string) => boolean): void {
  const { nodes, followed, tree } = whole;
  const found: number[] = [];
  for (const [node, drv] of tree.shape.drvs.entries()) if (matches(drv)) found.push(node);
  found.sort((a, b) => (tree.states[a] as number) - (tree.states[b] as number) || a - b);
  for (const node of found.slice(0, mostMatches)) nodes.push(derivationNode(whole, node, 1));
  const rest = found.slice(mostMatches);
  if (rest.length === 0) return;
  const counts = sumOfCounts(tree, rest);
  nodes.push({ kind: 'more', key: `more of ${followed.id}`, depth: 1, open: null, counts, alone: false });
}
