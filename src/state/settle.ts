/** What follows from a change: the visible rows, the layout, the selection and the scroll position. */
import { identityKey } from '../base/identity.ts';
import { isWorthALine } from '../model/diagnosis/worth-a-line.ts';
import { workOf } from '../model/rebuild/client-work.ts';
import { keyModeOf, keyModes } from '../model/ui/modes.ts';
import { failedRows, stillDismissed } from './failed.ts';
import { type Layout, type LayoutCounts, layoutFor } from './layout.ts';
import { withLog } from './log-page.ts';
import { buildRows } from './rows.ts';
import { clampScroll } from './scrolling.ts';
import { keepSelection } from './selection.ts';
import { hintOf, shownActions, shownModel, topMode } from './selectors.ts';
import type { BuildRow, State } from './state.ts';
import { deriveTrees, isOfTree } from './trees.ts';
import { withUi } from './ui.ts';

/** Recomputes only what depends on what changed; unchanged slices keep their references. */
export function settle(next: State, before: State): State {
  if (next === before) return before;
  const pruned = withTrees(forgetEnded(next, before), before);
  const rows = rowsChanged(pruned, before)
    ? sameRows(
        buildRows(shownModel(pruned), pruned.ui, before.rows, pruned.paused, pruned.trees),
        before.rows,
      )
    : before.rows;
  const failed = failedChanged(pruned, before)
    ? failedRows(shownModel(pruned), pruned.ui, pruned.journal.entries, before.failed)
    : before.failed;
  const unchanged = rows === pruned.rows && failed === pruned.failed;
  const withRows = unchanged ? pruned : { ...pruned, rows, failed };
  const moved = rows !== before.rows || failed !== before.failed;
  const selected = moved ? keepSelection(withRows, before) : withRows;
  const laidOut = { ...selected, layout: sameLayout(layoutOf(selected), before.layout) };
  return clampScroll(withLog(laidOut, before));
}

function withTrees(next: State, before: State): State {
  const trees = deriveTrees(shownModel(next), next.ui, before.trees);
  return trees === next.trees ? next : { ...next, trees };
}

function rowsChanged(next: State, before: State): boolean {
  const a = next.ui;
  const b = before.ui;
  return (
    shownModel(next).builds !== shownModel(before).builds ||
    a.sort !== b.sort ||
    a.inverted !== b.inverted ||
    a.filter !== b.filter ||
    a.unfolded !== b.unfolded ||
    a.folded !== b.folded ||
    next.trees !== before.trees ||
    (next.trees.size > 0 && shownModel(next).rebuilds !== shownModel(before).rebuilds) ||
    a.tagged !== b.tagged ||
    next.paused !== before.paused
  );
}

function failedChanged(next: State, before: State): boolean {
  const a = next.ui;
  const b = before.ui;
  return (
    shownModel(next).rebuilds !== shownModel(before).rebuilds ||
    a.dismissed !== b.dismissed ||
    a.filter !== b.filter ||
    a.view !== b.view ||
    next.journal.entries !== before.journal.entries
  );
}

function sameRows(rows: readonly BuildRow[], before: readonly BuildRow[]): readonly BuildRow[] {
  return rows.length === before.length && rows.every((row, index) => row === before[index]) ? before : rows;
}

/** Tags and unfolded marks of builds that ended are dropped, so that neither set grows for ever. */
function forgetEnded(next: State, before: State): State {
  const model = shownModel(next);
  const { builds, rebuilds } = model;
  const old = shownModel(before);
  const dismissed = rebuilds === old.rebuilds ? next.ui.dismissed : stillDismissed(next.ui.dismissed, model);
  const forgot = dismissed === next.ui.dismissed ? next : withUi(next, { dismissed });
  const { unfolded, folded, tagged } = next.ui;
  if (builds === old.builds && rebuilds === old.rebuilds) return forgot;
  if (unfolded.size + folded.size + tagged.size === 0) return forgot;
  const alive = new Set(builds.map(identityKey));
  const isAlive = (key: string) => alive.has(key) || isOfTree(key, model);
  const kept = {
    unfolded: still(unfolded, isAlive),
    folded: still(folded, isAlive),
    tagged: still(tagged, isAlive),
  };
  const same = kept.unfolded === unfolded && kept.folded === folded && kept.tagged === tagged;
  return same ? forgot : withUi(forgot, kept);
}

function still(keys: ReadonlySet<string>, isAlive: (key: string) => boolean): ReadonlySet<string> {
  const rest = [...keys].filter(isAlive);
  return rest.length === keys.size ? keys : new Set(rest);
}

export function layoutOf(
  state: Pick<State, 'terminal' | 'ui' | 'health' | 'model' | 'actions' | 'replay' | 'rows' | 'failed'>,
): Layout {
  return layoutFor(state.terminal, state.ui.view, layoutCounts(state));
}

function layoutCounts(state: Parameters<typeof layoutOf>[0]): LayoutCounts {
  const model = state.ui.frozen?.model ?? state.model;
  const works = workOf(model);
  return {
    clients: works.length,
    followed: works.filter(({ followed }) => followed !== null).length,
    pairs: works.filter(({ followed, client }) => followed !== null && client !== null).length,
    builds: state.rows.length,
    failed: state.failed.length,
    filesystems: model.filesystems.length,
    finding: model.findings.some(isWorthALine),
    prompt: promptRows(state),
    running: shownActions(state).length > 0,
    hint: hintOf(state.health) !== null,
    captions: captions(state),
  };
}

/** As many rows as the longest note takes, so that nothing moves when one comes. */
function captions({ replay, terminal }: Pick<State, 'replay' | 'terminal'>): 1 | 2 | null {
  if (replay === null) return null;
  return replay.longestNote > terminal.columns - 2 ? 2 : 1;
}

function promptRows(state: Pick<State, 'ui'>): 0 | 1 | 2 {
  const { rows } = keyModes[keyModeOf(topMode(state))];
  return rows === 0 && state.ui.notice !== null ? 1 : rows;
}

function sameLayout(layout: Layout, before: Layout): Layout {
  const keys = Object.keys(layout) as (keyof Layout)[];
  return keys.every((key) => layout[key] === before[key]) ? before : layout;
}
