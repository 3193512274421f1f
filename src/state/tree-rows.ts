/** The lines of the trees of rebuilds: what runs as the builds they are, with their processes, the rest as lines. */
import { identityKey } from '../base/identity.ts';
import { isSame } from '../base/same.ts';
import { keyOfDerivation, type TreeNode, treeNodes } from '../logs/tree-nodes.ts';
import type { Build, Model } from '../model/model.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import { anyMatches, derivationMatches } from './matching.ts';
import type { BuildRow, TreePlace, TreeRow, UiState } from './state.ts';
import { shownRebuilds, type Trees } from './trees.ts';

export interface TreeRows {
  /** Of rebuilds that go on, and of those that are over. */
  readonly live: readonly BuildRow[];
  readonly over: readonly BuildRow[];
  /** Builds that stand in a tree, whether they have a row or not. */
  readonly placed: ReadonlySet<Build>;
}

/** A build, with the rows of its processes where it is unfolded. */
export type RowsOfBuild = (build: Build, place: TreePlace) => readonly BuildRow[];

export function treeRows(
  model: Model,
  ui: UiState,
  trees: Trees,
  known: ReadonlyMap<string, BuildRow>,
  rowsOfBuild: RowsOfBuild,
): TreeRows {
  const live: BuildRow[] = [];
  const over: BuildRow[] = [];
  const placed = new Set<Build>();
  const byLog = new Map<string, Build>();
  for (const build of model.builds)
    if (build.log !== null) byLog.set(keyOfDerivation(build.log.rebuild, build.log.drv), build);
  for (const followed of shownRebuilds(model)) {
    const tree = trees.get(followed.id);
    if (tree === undefined) continue;
    const build = (drv: string) => byLog.get(keyOfDerivation(followed.id, drv));
    const matches =
      ui.filter === ''
        ? null
        : (drv: string) => {
            const own = build(drv);
            return derivationMatches(drv, ui.filter) || (own !== undefined && anyMatches(own, ui.filter));
          };
    const nodes = treeNodes(followed, tree, { opened: ui.unfolded, closed: ui.folded, matches });
    const alone = model.builds.filter((one) => isAlone(one, followed, trees));
    for (const one of [...alone, ...model.builds.filter(({ log }) => log?.rebuild === followed.id)])
      placed.add(one);
    const shown =
      nodes[0]?.open === false ? [] : alone.filter((one) => matches === null || anyMatches(one, ui.filter));
    addRebuild(followed.over ? over : live, followed.id, nodes, shown, { build, known, rowsOfBuild });
  }
  return { live, over, placed };
}

/** Of its client, with a log that nobody follows. */
function isAlone({ log, clientPid }: Build, { client, over }: FollowedRebuild, trees: Trees): boolean {
  if (log !== null && trees.has(log.rebuild)) return false;
  return !over && client !== null && clientPid === client.pid;
}

interface Around {
  readonly build: (drv: string) => Build | undefined;
  readonly known: ReadonlyMap<string, BuildRow>;
  readonly rowsOfBuild: RowsOfBuild;
}

function addRebuild(
  rows: BuildRow[],
  rebuild: string,
  nodes: readonly TreeNode[],
  alone: readonly Build[],
  { build, known, rowsOfBuild }: Around,
): void {
  const [top, ...below] = nodes;
  if (top === undefined) return;
  // What is counted at the end stays at the end.
  const last = below.findLastIndex(({ kind, depth }) => kind === 'more' && depth === 1);
  const end = alone.length === 0 || last < 0 ? below.length : last;
  const add = (node: TreeNode) => {
    const place: TreePlace = { rebuild, key: node.key, depth: node.depth };
    const own = node.kind === 'derivation' ? build(node.drv) : undefined;
    if (own === undefined) rows.push(reuse(known, { kind: 'tree', key: node.key, node, place }));
    else rows.push(...rowsOfBuild(own, place));
  };
  add(top);
  for (const node of below.slice(0, end)) add(node);
  for (const one of alone) rows.push(...rowsOfBuild(one, { rebuild, key: identityKey(one), depth: 1 }));
  for (const node of below.slice(end)) add(node);
}

function reuse(known: ReadonlyMap<string, BuildRow>, row: TreeRow): TreeRow {
  const old = known.get(row.key);
  if (old?.kind !== 'tree' || !isSame(old.place, row.place)) return row;
  return isSameNode(old.node, row.node) ? old : row;
}

/** Counts are made anew each time; all else is the rebuild's own and the same while nothing changed. */
function isSameNode(a: TreeNode, b: TreeNode): boolean {
  const keys = Object.keys(a) as (keyof TreeNode)[];
  return keys.every((key) => a[key] === b[key] || (countKeys.has(key) && isSame(a[key], b[key])));
}
const countKeys: ReadonlySet<string> = new Set(['counts', 'below']);

/** What a row is in the tree, whatever runs of it now. */
export function treeKeyOf(row: BuildRow): string | null {
  return row.kind === 'process' ? null : (row.place?.key ?? null);
}

/** The row that is above a row in its tree. */
export function rowAbove(rows: readonly BuildRow[], row: BuildRow): BuildRow | null {
  const { place } = row;
  if (place === null) return null;
  const index = rows.indexOf(row);
  return (
    rows.findLast(
      (other, at) =>
        at < index &&
        other.kind !== 'process' &&
        other.place !== null &&
        other.place.depth < place.depth &&
        other.place.rebuild === place.rebuild,
    ) ?? null
  );
}
