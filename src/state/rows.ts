/** The visible lines of the build list: sorted, filtered, unfolded. Computed once per tick or transition. */
import { type IdentityKey, identityKey } from '../base/identity.ts';
import { isSame } from '../base/same.ts';
import { type PausedMark, pausedSinceMs } from '../model/intents/paused-mark.ts';
import type { Build, Model } from '../model/model.ts';
import { anyMatches, buildMatches, processMatches } from './matching.ts';
import { compareBuilds } from './sorting.ts';
import type { BuildRow, TreePlace, UiState } from './state.ts';
import { treeRows } from './tree-rows.ts';
import type { Trees } from './trees.ts';

/**
 * Where rebuilds are followed in their view, the trees of those that go on first, of those that are over last. Rows that did not change are the same objects as in
 * `before`, so that their lines are not drawn again.
 */
export function buildRows(
  model: Model,
  ui: UiState,
  before: readonly BuildRow[],
  paused: readonly PausedMark[],
  trees: Trees,
): readonly BuildRow[] {
  const known = new Map(before.map((row) => [row.key, row]));
  const rowsOf = (build: Build, place: TreePlace | null) => rowsOfBuild(build, place, ui, known, paused);
  const inTrees = trees.size === 0 ? null : treeRows(model, ui, trees, known, rowsOf);
  const rows = [...(inTrees?.live ?? [])];
  for (const build of model.builds.toSorted(compareBuilds(ui.sort, ui.inverted)))
    if (inTrees?.placed.has(build) !== true) rows.push(...rowsOf(build, null));
  rows.push(...(inTrees?.over ?? []));
  return rows;
}

/** None where the filter hides it. */
function rowsOfBuild(
  build: Build,
  place: TreePlace | null,
  ui: UiState,
  known: ReadonlyMap<string, BuildRow>,
  paused: readonly PausedMark[],
): readonly BuildRow[] {
  // A derivation of the tree that has a row has matched.
  const whole = ui.filter === '' || buildMatches(build, ui.filter);
  if (!whole && place === null && !anyMatches(build, ui.filter)) return [];
  const key = identityKey(build);
  const unfolded = ui.unfolded.has(key);
  const pausedAtMs = pausedSinceMs(build, paused);
  const tagged = ui.tagged.has(key);
  const own = reuse(known, { kind: 'build', key, build, unfolded, tagged, pausedAtMs, place });
  if (!unfolded) return [own];
  const processes = build.tree.filter((process) => whole || processMatches(process, ui.filter));
  return [
    own,
    ...processes.map((process) =>
      reuse(known, { kind: 'process', key: processKey(key, process), build, process, place }),
    ),
  ];
}

/** A build's root process is a row of its own below the build, so it needs a key of its own. */
function processKey(build: IdentityKey, process: { pid: number; startTime: number }): IdentityKey {
  const key = identityKey(process);
  return key === build ? `${key}/root` : key;
}

type OfBuild = Exclude<BuildRow, { kind: 'tree' }>;

function reuse(known: ReadonlyMap<string, BuildRow>, row: OfBuild): OfBuild {
  const old = known.get(row.key);
  if (old === undefined || old.kind === 'tree' || old.build !== row.build) return row;
  if (!isSame(old.place, row.place)) return row;
  if (old.kind === 'build' && row.kind === 'build') {
    const same = old.unfolded === row.unfolded && old.tagged === row.tagged;
    return same && old.pausedAtMs === row.pausedAtMs ? old : row;
  }
  if (old.kind === 'process' && row.kind === 'process' && old.process === row.process) return old;
  return row;
}
