/** What the command table may know of the state. */

import { identityKey, sameProcess } from '../base/identity.ts';
import type {
  ActSituation,
  ChartSituation,
  DiagnosisSituation,
  LogSituation,
  ReplaySituation,
  SelectedRow,
  Situation,
} from '../commands/command.ts';
import { type HelpLine, hardeningLines, helpLines, logLines } from '../commands/help.ts';
import { whyTooLate } from '../model/intents/intent-standing.ts';
import type { Build, Client } from '../model/model.ts';
import { damagedPaths } from '../model/nix-store/store-check.ts';
import { parseJumpTime, resolveJumpTime } from '../model/past/jump-time.ts';
import type { ReplayState } from '../model/past/replay.ts';
import { trackRanges } from '../model/past/track-window.ts';
import type { LogSubject } from '../model/rebuild/log-subject.ts';
import { chartGrid } from '../model/ui/chart-grid.ts';
import { keyModeOf, type Mode } from '../model/ui/modes.ts';
import { isOpen } from './build-list.ts';
import { clientOfLooked, diagnosisSubject, lookedAt, testsOf } from './diagnosis.ts';
import { cursorFailed, findFailed } from './failed.ts';
import { selectedGeneration } from './generation-list.ts';
import { isOfLog, subjectOfBuild, subjectOfFailed, subjectOfRow } from './log-page.ts';
import { cursorRow, findBuild, loweredByUs, pausedByUs, shownModel, topMode } from './selectors.ts';
import type { BuildRow, State } from './state.ts';
import { cursorColumn, cursorTime } from './track.ts';
import { viewLists } from './view-lists.ts';

/** `alone`: the key came in a read of its own. */
export function situationOf(state: State, mode: Mode = topMode(state), alone = true): Situation {
  const { ui } = state;
  const row = cursorRow(state);
  return {
    mode: keyModeOf(mode),
    view: ui.view,
    rows: viewLists[ui.view].length(state),
    selected: isDiagnosis(state, mode) ? null : isAtFailed(state, mode) ? 'failed' : selectedRow(row, mode),
    open: row === null ? null : isOpen(row),
    tree: state.trees.size > 0,
    tagged: ui.tagged.size,
    frozen: ui.frozen !== null,
    search: ui.search,
    filter: ui.filter,
    readOnly: state.health.readOnly,
    alone,
    act: actSituation(state, mode),
    charts: chartSituation(state),
    command: state.command !== null,
    log: logSituation(state, mode),
    diagnosis: diagnosisSituation(state, mode),
    choice: mode.kind === 'choose' ? (mode.choices[mode.cursor] ?? null) : null,
    replay: state.replay === null ? null : replaySituation(state.replay, mode),
    noRecording: noRecording(state),
  };
}

/** What keys act on is what the diagnosis is about, and no row of a build list. */
function isDiagnosis({ ui }: State, mode: Mode): boolean {
  return (
    mode.kind === 'why' || mode.kind === 'remedies' || (mode.kind === 'normal' && ui.view === 'diagnosis')
  );
}

/** In a log what it is of, where that has no processes. */
function selectedRow(row: BuildRow | null, mode: Mode): SelectedRow | null {
  if (mode.kind === 'log') return mode.of.kind === 'rebuild' ? 'rebuild' : 'over';
  if (row === null) return null;
  if (row.kind !== 'tree') return row.kind;
  const { node } = row;
  if (node.kind === 'rebuild') return 'rebuild';
  if (node.kind !== 'derivation') return 'line';
  return node.state === 'done' || node.state === 'stopped' ? 'over' : node.state;
}

/** The cursor stands on it, or its details are open. */
export function isAtFailed(state: State, mode: Mode): boolean {
  if (mode.kind === 'log') return false;
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
  const diagnosis = isDiagnosis(state, mode);
  const listed = mode.kind === 'normal' && state.ui.tagged.size === 0 && !diagnosis;
  return {
    actor,
    model,
    targets: targetsOf(state, mode),
    chosen:
      diagnosis ||
      mode.kind === 'details' ||
      mode.kind === 'log' ||
      state.ui.tagged.size > 0 ||
      state.ui.selected !== null,
    client: diagnosis ? clientOfDiagnosis(state, mode) : clientOfRebuild(state, mode, listed ? row : null),
    process: listed && row?.kind === 'process' ? row.process : null,
    running: state.actions.map(({ intent }) => intent.type),
    pausedByUs: pausedByUs(state).length,
    loweredByUs: loweredByUs(state).length,
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

function diagnosisSituation(state: State, mode: Mode): DiagnosisSituation {
  const of = diagnosisSubject(state, mode);
  if (of === null) return { of, found: false, tests: [] };
  const looked = lookedAt(shownModel(state), of);
  const { running } = state.model.probes;
  const tests = testsOf(looked, state.model).map((test) => ({
    ...test,
    running: running.some(({ id, subject }) => id === test.id && subject === test.subject),
  }));
  return { of, found: looked.finding !== null || of.kind === 'failed', tests };
}

function logSituation(state: State, mode: Mode): LogSituation {
  if (mode.kind === 'log') return { of: mode.of, search: mode.search, noFile: noFile(state, mode.of) };
  return { of: logSubject(state, mode), search: '', noFile: 'no log is open' };
}

function logSubject(state: State, mode: Mode): LogSubject | null {
  if (mode.kind === 'details') {
    const build = findBuild(state, mode.build);
    if (build !== null) return subjectOfBuild(build);
    const failed = findFailed(shownModel(state), state.journal, mode.log ?? mode.build);
    return failed === null ? null : subjectOfFailed(failed);
  }
  const failed = mode.kind === 'normal' ? cursorFailed(state) : null;
  if (failed !== null) return subjectOfFailed(failed);
  const row = mode.kind === 'normal' ? cursorRow(state) : null;
  return row === null ? null : subjectOfRow(row, shownModel(state).rebuilds);
}

function noFile({ replay, log }: State, of: LogSubject): string | null {
  if (of.kind === 'rebuild') return 'Nix keeps a file of each build, none of the whole rebuild';
  if (of.drv === null) return 'its derivation is not known';
  if (replay !== null) return 'this is a recording: only what was recorded is here';
  return log?.file?.state === 'reading' ? 'it is being read' : null;
}

/** Whoever rebuilds what the cursor or the log is of, where that is no build with processes. */
function clientOfRebuild({ model }: State, mode: Mode, row: BuildRow | null): Client | null {
  const of = mode.kind === 'log' ? mode.of.rebuild : row?.kind === 'tree' ? row.place.rebuild : null;
  const identity = model.rebuilds.find(({ id }) => id === of)?.client ?? null;
  return identity === null ? null : (model.clients.find((one) => sameProcess(one, identity)) ?? null);
}

function clientOfDiagnosis(state: State, mode: Mode): Client | null {
  const of = diagnosisSubject(state, mode);
  return of === null ? null : clientOfLooked(lookedAt(shownModel(state), of), state.model);
}

/** What is on the screen: in the details their build, else the tagged ones, else the one under the cursor. */
function targetsOf(state: State, mode: Mode): readonly Build[] {
  if (mode.kind === 'details') {
    const build = findBuild(state, mode.build);
    return build === null ? [] : [build];
  }
  if (isDiagnosis(state, mode)) {
    const of = diagnosisSubject(state, mode);
    const build = of === null ? null : lookedAt(shownModel(state), of).build;
    return build === null ? [] : [build];
  }
  if (mode.kind === 'log') return shownModel(state).builds.filter((build) => isOfLog(build, mode.of));
  const { tagged } = state.ui;
  if (tagged.size > 0) return shownModel(state).builds.filter((build) => tagged.has(identityKey(build)));
  const row = cursorRow(state);
  return row === null || row.kind === 'tree' ? [] : [row.build];
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
