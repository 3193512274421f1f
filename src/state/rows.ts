/** The visible lines of the build list: sorted, filtered, unfolded. Computed once per tick or transition. */
import { type IdentityKey, identityKey } from '../base/identity.ts';
import { type PausedMark, pausedMarkOf } from '../model/intents/paused-mark.ts';
import type { Model } from '../model/model.ts';
import { anyMatches, buildMatches, processMatches } from './matching.ts';
import { compareBuilds } from './sorting.ts';
import type { BuildRow, UiState } from './state.ts';

/** Rows that did not change are the same objects as in `before`, so that their lines are not drawn again. */
export function buildRows(
  model: Model,
  ui: UiState,
  before: readonly BuildRow[],
  paused: readonly PausedMark[],
): readonly BuildRow[] {
  const known = new Map(before.map((row) => [row.key, row]));
  const rows: BuildRow[] = [];
  for (const build of model.builds.toSorted(compareBuilds(ui.sort, ui.inverted))) {
    const whole = ui.filter === '' || buildMatches(build, ui.filter);
    if (!whole && !anyMatches(build, ui.filter)) continue;
    const key = identityKey(build);
    const unfolded = ui.unfolded.has(key);
    const pausedAtMs = build.paused ? (pausedMarkOf(build, paused)?.pausedAtMs ?? null) : null;
    rows.push(reuse(known, { kind: 'build', key, build, unfolded, tagged: ui.tagged.has(key), pausedAtMs }));
    if (!unfolded) continue;
    for (const process of build.tree) {
      if (!whole && !processMatches(process, ui.filter)) continue;
      rows.push(reuse(known, { kind: 'process', key: processKey(key, process), build, process }));
    }
  }
  return rows;
}

/** A build's root process is a row of its own below the build, so it needs a key of its own. */
function processKey(build: IdentityKey, process: { pid: number; startTime: number }): IdentityKey {
  const key = identityKey(process);
  return key === build ? `${key}/root` : key;
}

function reuse(known: ReadonlyMap<IdentityKey, BuildRow>, row: BuildRow): BuildRow {
  const old = known.get(row.key);
  if (old === undefined || old.build !== row.build) return row;
  if (old.kind === 'build' && row.kind === 'build') {
    const same = old.unfolded === row.unfolded && old.tagged === row.tagged;
    return same && old.pausedAtMs === row.pausedAtMs ? old : row;
  }
  if (old.kind === 'process' && row.kind === 'process' && old.process === row.process) return old;
  return row;
}
