/** The log that is looked at: whose it is, its lines as they come, what is shown of them, what is searched in them. */
import { withoutEscapes } from '../base/text.ts';
import { followLines, type KeptLines, type LogLine, linesOfRebuild, noLines } from '../logs/log-lines.ts';
import type { Build as ProcessBuild } from '../model/model.ts';
import { nameOfDerivation } from '../model/nix-store/store-path.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { LogFile, LogSubject } from '../model/rebuild/log-subject.ts';
import type { Build } from '../model/rebuild/rebuild.ts';
import type { Mode } from '../model/ui/modes.ts';
import { pushMode, setTop } from './modes.ts';
import { shownModel, topMode } from './selectors.ts';
import type { BuildRow, FailedRow, LogPage, State } from './state.ts';
import { withUi } from './ui.ts';

export type LogMode = Extract<Mode, { readonly kind: 'log' }>;

export function openLog(state: State, of: LogSubject): State {
  return pushMode(state, {
    kind: 'log',
    of,
    top: null,
    left: 0,
    search: '',
    found: null,
    typing: null,
    reads: 0,
  });
}

/** Also below help and a question. */
export function logMode({ ui }: Pick<State, 'ui'>): LogMode | null {
  const mode = ui.modes.findLast(({ kind }) => kind === 'log');
  return mode?.kind === 'log' ? mode : null;
}

/** Asks for it, once more each time. */
export function readLogFile(state: State): State {
  const mode = topMode(state);
  return mode.kind === 'log' ? setTop(state, { ...mode, reads: mode.reads + 1 }) : state;
}

/** Whose log a row is about; null: it is of nothing that has one. */
export function subjectOfRow(row: BuildRow, rebuilds: readonly FollowedRebuild[]): LogSubject | null {
  if (row.kind !== 'tree') return subjectOfBuild(row.build);
  const { node, place } = row;
  if (node.kind === 'derivation')
    return { kind: 'build', drv: node.drv, rebuild: node.rebuild, name: nameOfDerivation(node.drv) };
  const isThere = rebuilds.some(({ id }) => id === place.rebuild);
  return isThere ? { kind: 'rebuild', rebuild: place.rebuild } : null;
}

export function subjectOfBuild({ log, name, drvHash, pid }: ProcessBuild): LogSubject {
  if (log !== null)
    return { kind: 'build', drv: log.drv, rebuild: log.rebuild, name: nameOfDerivation(log.drv) };
  const drv = name === null || drvHash === null ? null : `/nix/store/${drvHash}-${name}.drv`;
  return { kind: 'build', drv, rebuild: null, name: name ?? `build ${pid}` };
}

/** Of the first that failed of it; of what failed without a build that of its rebuild. */
export function subjectOfFailed({ rebuild, root: { drvs } }: FailedRow): LogSubject {
  const [drv] = drvs;
  return drv === undefined
    ? { kind: 'rebuild', rebuild }
    : { kind: 'build', drv, rebuild, name: nameOfDerivation(drv) };
}

/** What follows from a tick, and from a log that is opened or left. */
export function withLog(state: State, before: State): State {
  const mode = logMode(state);
  if (mode === null) return state.log === null ? state : { ...state, log: null };
  const { of } = mode;
  const old = state.log?.of === of ? state.log : null;
  const model = shownModel(state);
  const was = shownModel(before);
  const still = model.rebuilds === was.rebuilds && model.builds === was.builds;
  if (old !== null && old === before.log && still) return state;
  const log = pageOf(state, of, old);
  return log === old ? state : { ...state, log };
}

function pageOf(state: State, of: LogSubject, old: LogPage | null): LogPage {
  const followed = shownModel(state).rebuilds.find(({ id }) => id === of.rebuild);
  const file = old?.file ?? null;
  if (of.kind === 'rebuild') {
    const goesOn = followed?.over === false;
    const kept = followed === undefined ? (old?.kept ?? noLines) : linesOfRebuild(followed.rebuild);
    return { of, from: 'stream', kept, file, goesOn };
  }
  const build = of.drv === null ? null : logOf(followed, of.drv);
  const processes = shownModel(state).builds.some((one) => isOfLog(one, of));
  const goesOn = build === null ? processes : build.state === 'running';
  if (file?.state === 'read') {
    const kept = old?.from === 'file' && old.file === file ? old.kept : ofFile(file);
    return same(old, { of, from: 'file', kept, file, goesOn });
  }
  // A log that was followed to its end stays, when its build keeps no lines any more.
  const kept =
    build === null ? (old?.kept ?? noLines) : followLines(build, old?.from === 'stream' ? old.kept : null);
  const from = kept.lines.length > 0 || (build?.state === 'running' && build.lines === 0) ? 'stream' : 'none';
  return same(old, { of, from, kept, file, goesOn });
}

function same(old: LogPage | null, now: LogPage): LogPage {
  return old !== null &&
    old.from === now.from &&
    old.kept === now.kept &&
    old.file === now.file &&
    old.goesOn === now.goesOn
    ? old
    : now;
}

/** Its processes are seen. */
export function isOfLog({ name, drvHash, log }: ProcessBuild, of: LogSubject): boolean {
  if (of.kind === 'rebuild') return false;
  if (log !== null) return log.drv === of.drv;
  return name === of.name && (drvHash === null || of.drv?.includes(drvHash) === true);
}

function ofFile({ lines, total }: Extract<LogFile, { state: 'read' }>): KeptLines {
  return { lines, dropped: 0, total };
}

/** What its stream says of a build. */
export function logOf(followed: FollowedRebuild | undefined, drv: string): Build | null {
  if (followed === undefined) return null;
  const { running, failed, finished } = followed.rebuild;
  return running.get(drv) ?? failed.get(drv) ?? finished.get(drv) ?? null;
}

/** What came of the file of the log that is open; of another one it is dropped. */
export function applyLogFile(state: State, of: LogSubject, file: LogFile): State {
  if (state.log === null || state.log.of !== of) return state;
  const log = pageOf(state, of, { ...state.log, file });
  return { ...state, log };
}

/** Rows for lines: the first one says whose they are. */
export function logRows({ layout }: Pick<State, 'layout'>): number {
  return Math.max(1, layout.bodyRows - 1);
}

/** Places of the first line that there is, and of the one on top where the end is on the screen. */
function ends(state: State): { readonly first: number; readonly last: number } {
  const { lines, dropped } = state.log?.kept ?? noLines;
  return { first: dropped, last: dropped + Math.max(0, lines.length - logRows(state)) };
}

/** Place of the line on top. */
export function topLine(state: State, { top }: Pick<LogMode, 'top'>): number {
  const { first, last } = ends(state);
  return top === null ? last : Math.min(Math.max(top, first), last);
}

/** At the end it follows. */
export function scrollLog(state: State, mode: LogMode, by: number): State {
  const { first, last } = ends(state);
  const top = topLine(state, mode) + by;
  return setTop(state, {
    ...mode,
    top: top >= last && by >= 0 ? null : Math.max(first, Math.min(top, last)),
  });
}

/** Half a screen. */
export function moveSideways(state: State, by: 1 | -1): State {
  const mode = topMode(state);
  if (mode.kind !== 'log') return state;
  const step = Math.max(8, Math.floor(state.layout.columns / 2));
  return setTop(state, { ...mode, left: Math.min(Math.max(0, mode.left + by * step), farthest) });
}
/** As long as a line can be. */
const farthest = 2_000;

/** Its lines may have gone from under it. */
export function clampLog(state: State, mode: LogMode): State {
  if (mode.top === null) return state;
  const top = topLine(state, mode);
  return top === mode.top ? state : setTop(state, { ...mode, top });
}

export function lineMatches(line: LogLine, needle: string): boolean {
  return typeof line === 'string' && withoutEscapes(line).toLowerCase().includes(needle.toLowerCase());
}

/** While it grows: from where one looked at first; of a log that follows its end the last match. */
export function typeLogSearch(state: State, mode: LogMode, search: string): State {
  const before = mode.typing?.top ?? null;
  const next = { ...mode, search, top: before, found: null };
  if (search === '') return setTop(state, next);
  const start = topLine(state, next);
  return before === null
    ? findInLog(state, next, (state.log?.kept.dropped ?? 0) + (state.log?.kept.lines.length ?? 0) - 1, -1)
    : findInLog(state, next, start, 1);
}

/** `n`, `N`: the next match below or above the last one, or what is on the screen, round the ends. */
export function nextInLog(state: State, mode: LogMode, by: 1 | -1): State {
  const from = mode.found ?? topLine(state, mode) - (by > 0 ? 1 : 0);
  return findInLog(state, mode, from + by, by);
}

function findInLog(state: State, mode: LogMode, start: number, by: 1 | -1): State {
  const { lines, dropped } = state.log?.kept ?? noLines;
  for (let step = 0; step < lines.length; step += 1) {
    const at = (((start - dropped + by * step) % lines.length) + lines.length) % lines.length;
    const line = lines[at];
    if (line !== undefined && lineMatches(line, mode.search)) return showFound(state, mode, dropped + at);
  }
  return withUi(setTop(state, mode), { notice: { text: `no match for "${mode.search}"`, level: 'warning' } });
}

/** Where it is on the screen already, nothing moves. */
function showFound(state: State, mode: LogMode, found: number): State {
  const rows = logRows(state);
  const top = topLine(state, mode);
  const seen = found >= top && found < top + rows;
  const { first, last } = ends(state);
  const next = Math.max(first, Math.min(last, found - Math.floor(rows / 3)));
  // It follows no more: what was found stays on the screen.
  return setTop(state, { ...mode, found, top: seen ? top : next });
}
