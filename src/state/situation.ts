/** What the command table may know of the state. */

import { identityKey } from '../base/identity.ts';
import type { ActSituation, ChartSituation, ReplaySituation, Situation } from '../commands/command.ts';
import { type HelpLine, hardeningLines, helpLines, logLines } from '../commands/help.ts';
import { whyTooLate } from '../model/intents/intent-standing.ts';
import type { Build } from '../model/model.ts';
import { damagedPaths } from '../model/nix-store/store-check.ts';
import { parseJumpTime, resolveJumpTime } from '../model/past/jump-time.ts';
import type { ReplayState } from '../model/past/replay.ts';
import { trackRanges } from '../model/past/track-window.ts';
import { chartGrid } from '../model/ui/chart-grid.ts';
import { keyModeOf, type Mode } from '../model/ui/modes.ts';
import { cursorFailed, findFailed } from './failed.ts';
import { selectedGeneration } from './generation-list.ts';
import { cursorRow, findBuild, pausedByUs, shownModel, topMode } from './selectors.ts';
import type { State } from './state.ts';
import { cursorColumn, cursorTime } from './track.ts';
import { viewLists } from './view-lists.ts';

/** `alone`: the key came in a read of its own. */
export function situationOf(state: State, mode: Mode = topMode(state), alone = true): Situation {
  const { ui } = state;
  return {
    mode: keyModeOf(mode),
    view: ui.view,
    rows: viewLists[ui.view].length(state),
    selected: isAtFailed(state, mode) ? 'failed' : (cursorRow(state)?.kind ?? null),
    tagged: ui.tagged.size,
    frozen: ui.frozen !== null,
    search: ui.search,
    filter: ui.filter,
    readOnly: state.health.readOnly,
    alone,
    act: actSituation(state, mode),
    charts: chartSituation(state),
    replay: state.replay === null ? null : replaySituation(state.replay, mode),
    noRecording: noRecording(state),
  };
}

/** The cursor stands on it, or its details are open. */
export function isAtFailed(state: State, mode: Mode): boolean {
  if (mode.kind !== 'details') return cursorFailed(state) !== null;
  return (
    findBuild(state, mode.build) === null &&
    findFailed(shownModel(state), state.journal, mode.log ?? mode.build) !== null
  );
}

function chartSituation(state: State): ChartSituation {
  const { view, charts } = state.ui;
  const { range } = charts;
  return {
    cursor: cursorColumn(state) !== null,
    // A look at every sample of the range: not for each key of the other views.
    at: view === 'history' ? cursorTime(state) : null,
    shortest: range === trackRanges[0]?.id,
    longest: range === trackRanges.at(-1)?.id,
    whole: chartGrid(state.layout).lastLine === 0,
  };
}

function replaySituation(replay: ReplayState, mode: Mode): ReplaySituation {
  const { canReturn, atMs } = replay;
  if (mode.kind !== 'jump') return { canReturn, typed: null };
  const jump = parseJumpTime(mode.text);
  return { canReturn, typed: jump.ok ? resolveJumpTime(jump.value, atMs, replay) : jump };
}

/** What was written before the disk failed can still be looked at. */
function noRecording({ health: { recorder } }: State): string | null {
  return recorder.state === 'off' ? 'nothing is recorded here' : null;
}

function actSituation(state: State, mode: Mode): ActSituation {
  const { model, actor, generations, storeCheck } = state;
  const row = cursorRow(state);
  const listed = mode.kind === 'normal' && state.ui.tagged.size === 0;
  return {
    actor,
    model,
    targets: targetsOf(state, mode),
    chosen: mode.kind === 'details' || state.ui.tagged.size > 0 || state.ui.selected !== null,
    process: listed && row?.kind === 'process' ? row.process : null,
    running: state.actions.map(({ intent }) => intent.type),
    pausedByUs: pausedByUs(state).length,
    generations:
      generations === null
        ? null
        : {
            profile: generations.profile.target,
            list: generations.list?.ok ? generations.list.value : null,
            selected: selectedGeneration(state),
            profiles: state.profiles.length,
          },
    damaged: storeCheck.last?.ok && storeCheck.last.value !== null ? damagedPaths(storeCheck.last.value) : [],
    question:
      mode.kind === 'confirm'
        ? { tooLate: whyTooLate(mode.intent, model), exact: mode.typed === mode.word }
        : null,
  };
}

/** What is on the screen: in the details their build, else the tagged ones, else the one under the cursor. */
function targetsOf(state: State, mode: Mode): readonly Build[] {
  if (mode.kind === 'details') {
    const build = findBuild(state, mode.build);
    return build === null ? [] : [build];
  }
  const { tagged } = state.ui;
  if (tagged.size > 0) return shownModel(state).builds.filter((build) => tagged.has(identityKey(build)));
  const row = cursorRow(state);
  return row === null ? [] : [row.build];
}

/** The help as it stands: what is blocked in the mode below it, and the filter typed. */
export function helpOf(state: State): readonly HelpLine[] {
  const top = topMode(state);
  const below = state.ui.modes.at(-2);
  const filter = top.kind === 'help' ? top.filter : '';
  const { logPath, host } = state.model;
  return [
    ...helpLines(situationOf(state, below), filter),
    ...logLines(logPath, state.replay === null ? host.nixVersion : null, filter),
    ...hardeningLines(state.health.hardening, filter),
  ];
}
