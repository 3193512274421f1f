/** The trees of the rebuilds that are followed: derived while the view shows them, one after the other. */
import { type DerivationTree, deriveTree } from '../logs/tree.ts';
import { keyOfRebuild } from '../logs/tree-nodes.ts';
import type { Model } from '../model/model.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { UiState } from './state.ts';

export type Trees = ReadonlyMap<string, DerivationTree>;

export const noTrees: Trees = new Map();

/** Of the rebuilds that are over, as many stay in the view. */
const mostOver = 8;

/** Those that go on, in the order of their begin; then those that are over, the last one first. */
export function shownRebuilds({ rebuilds }: Pick<Model, 'rebuilds'>): readonly FollowedRebuild[] {
  const over = rebuilds
    .filter((one) => one.over)
    .sort((a, b) => b.rebuild.updatedMs - a.rebuild.updatedMs)
    .slice(0, mostOver);
  return [...rebuilds.filter((one) => !one.over), ...over];
}

export function hasTree(model: Pick<Model, 'rebuilds'>, { view }: Pick<UiState, 'view'>): boolean {
  return view === 'builds' && model.rebuilds.length > 0;
}

/** The same map while nothing changed. */
export function deriveTrees(model: Model, ui: UiState, before: Trees): Trees {
  if (!hasTree(model, ui)) return noTrees;
  const trees = new Map<string, DerivationTree>();
  for (const { id, rebuild } of shownRebuilds(model))
    trees.set(id, deriveTree(rebuild, model.derivations, before.get(id) ?? null));
  const same = trees.size === before.size && [...trees].every(([id, tree]) => before.get(id) === tree);
  return same ? before : trees;
}

/** What was opened and closed in trees that are still there. */
export function isOfTree(key: string, { rebuilds }: Pick<Model, 'rebuilds'>): boolean {
  return rebuilds.some(({ id }) => key === keyOfRebuild(id) || key.endsWith(` of ${id}`));
}
