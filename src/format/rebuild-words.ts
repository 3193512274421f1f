/** One rebuild in a row: how far it is, what it does, what it waits for, how fast it fetches. */
import { formatBytes, formatOf, formatRate } from '../base/bytes.ts';
import { formatDuration, lengthText } from '../base/duration.ts';
import { plural } from '../base/plural.ts';
import { problemText } from '../base/problem.ts';
import { oneLine } from '../base/text.ts';
import { speedsByPeer } from '../logs/speed.ts';
import { totalsOf } from '../logs/totals.ts';
import { clientCommand, commandTitle, shortCommand } from '../model/forest/client-command.ts';
import { clientOfProcess } from '../model/forest/derive-clients.ts';
import type { Model } from '../model/model.ts';
import { nameOfDerivation } from '../model/nix-store/store-path.ts';
import type { FollowedRebuild } from '../model/rebuild/followed.ts';
import type { Rebuild, Transfer } from '../model/rebuild/rebuild.ts';
import type { Totals } from '../model/rebuild/totals.ts';
import { placeName } from './causes.ts';
import { bar } from './chart.ts';
import { estimateText, shortEstimate } from './estimate.ts';
import type { Tone } from './paint.ts';
import { fitSegments, type Span, segment, span, spanColumns } from './row.ts';
import { type HolderOf, presentStep, stepText, waitingText, waitsOf } from './wait-words.ts';
import { unknownWord } from './words.ts';

/** In the order of the row; the rank says what goes first where room is short. */
export type RebuildPart =
  | 'doing'
  | 'built'
  | 'failed'
  | 'running'
  | 'ended'
  | 'waits'
  | 'problem'
  | 'trouble'
  | 'fetched'
  | 'sends'
  | 'estimate'
  | 'unbuilt'
  | 'hook'
  | 'quiet';

export interface RebuildClause {
  readonly part: RebuildPart;
  readonly rank: number;
  readonly text: string;
  /** Where there is less room. */
  readonly short?: string;
  readonly tone?: Tone;
}

export interface RebuildSight {
  /** Unix ms. */
  readonly nowMs: number;
  readonly holderOf: HolderOf;
}

/** A cache that is there answers within a second. */
const askedMs = 5000;
/** Nothing was heard for so long while something is open. */
const quietMs = 60_000;
/** Nix asks a server again for as long. */
const troubledMs = 60_000;

/** What is to be said of it, and nothing that is not so: no part without a number. */
export function rebuildClauses(
  one: FollowedRebuild,
  { nowMs, holderOf }: RebuildSight,
): readonly RebuildClause[] {
  const { rebuild, problem } = one;
  const totals = totalsOf(rebuild);
  const clauses: RebuildClause[] = [];
  const add = (part: RebuildPart, rank: number, text: string, more: Partial<RebuildClause> = {}) => {
    if (text !== '') clauses.push({ part, rank, text, ...more });
  };
  const doing = rebuildDoing(rebuild, totals, nowMs);
  if (doing !== null) add('doing', 2.5, doing, { tone: 'accent' });
  if (totals.builds > 0) add('built', 1, `${doneOf(totals)}/${totals.builds} built`);
  if (totals.failed > 0) add('failed', 2, `${totals.failed} failed`, { tone: 'danger' });
  const running = totals.running - one.endedUnsaid;
  if (running > 0) add('running', 4, `${running} running`);
  // Up to about Nix 2.9, which tells how a build ended when others do.
  if (one.endedUnsaid > 0) add('ended', 6, `${one.endedUnsaid} ended`, { tone: 'muted' });
  const waits = waitsOf(rebuild);
  add('waits', 3, waitingText(waits, nowMs, holderOf), {
    tone: 'warning',
    short: `${waits.length} waiting`,
  });
  if (problem !== null)
    add('problem', 2.8, `its log: ${problemText(problem)}`, { tone: 'warning', short: 'log lost' });
  else if (one.lostBytes > 0)
    add('problem', 8, `${formatBytes(one.lostBytes)} of its log lost`, { tone: 'warning' });
  if (!one.over) trouble(rebuild, nowMs, add);
  fetches(rebuild, totals, nowMs, add);
  sends(rebuild, nowMs, add);
  if (one.estimate !== null)
    add('estimate', 4.5, estimateText(one.estimate), { short: shortEstimate(one.estimate) });
  else if (!one.over && waits.length === 0 && totals.waiting + totals.running > 0)
    add('estimate', 9, `time left ${unknownWord}`, { tone: 'muted' });
  if (totals.dependents > 0) add('unbuilt', 7, `${totals.dependents} not built`, { tone: 'muted' });
  hooks(rebuild, nowMs, add);
  const quiet = nowMs - rebuild.updatedMs;
  if (quiet >= quietMs && rebuild.running.size > 0)
    add('quiet', 6.5, `no word for ${lengthText(quiet)}`, { tone: 'muted' });
  return clauses;
}

type Add = (part: RebuildPart, rank: number, text: string, more?: Partial<RebuildClause>) => void;

/** Built by others too: what is there need not be built. */
export function doneOf({ done, elsewhere }: Totals): number {
  return done + elsewhere;
}

/** How far the builds are, else the downloads: 0 to 1; null while nothing is planned. */
export function shareDone({ rebuild }: FollowedRebuild): number | null {
  const totals = totalsOf(rebuild);
  if (totals.builds > 0) return doneOf(totals) / totals.builds;
  const { fetchedBytes, expectedBytes } = totals;
  return expectedBytes === null || expectedBytes === 0 ? null : Math.min(1, fetchedBytes / expectedBytes);
}

/** The step of the tool, evaluation before there is a plan, and what else is no build; null while it builds or waits. */
export function rebuildDoing(rebuild: Rebuild, totals: Totals, nowMs: number): string | null {
  const step = presentStep(rebuild);
  if (step !== null)
    return step.step === 'done'
      ? stepText(step)
      : `${stepText(step)} ${formatDuration((nowMs - step.sinceMs) / 1000)}`;
  const { evaluation, tasks } = rebuild;
  const { builds, pathsToFetch, fetching, fetchedPaths, sentPaths } = totals;
  const planned = builds + pathsToFetch + fetching + fetchedPaths + sentPaths > 0;
  if (!planned && evaluation.startedMs !== null) {
    const length = formatDuration((nowMs - evaluation.startedMs) / 1000);
    const files = evaluation.files === 0 ? '' : `${plural(evaluation.files, 'file')}, `;
    return `evaluating: ${files}${length}`;
  }
  const asked = askedText(rebuild, totals, nowMs);
  if (asked !== null) return asked;
  if (totals.running + rebuild.transfers.size + rebuild.hooks.size > 0) return null;
  const task = [...tasks.values()].find(({ activity }) => activity.type !== 'copy-source');
  if (task === undefined) return null;
  const far = task.expected === null || task.expected <= 0 ? '' : ` ${task.done ?? 0}/${task.expected}`;
  return `${oneLine(task.text)}${far}`;
}

/** Nothing else goes on, and a cache does not say whether it has a path: `asks dead.example 2:05`. */
function askedText({ transfers }: Rebuild, { running }: Totals, nowMs: number): string | null {
  if (running > 0 || transfers.size === 0) return null;
  let first: Transfer | null = null;
  for (const one of transfers.values()) {
    if (!one.lookup) return null;
    if (first === null || one.startedMs < first.startedMs) first = one;
  }
  if (first?.peer == null || nowMs - first.startedMs < askedMs) return null;
  return `asks ${placeName(first.peer)} ${formatDuration((nowMs - first.startedMs) / 1000)}`;
}

/** In a word, or in those of the tool's step; null while nothing is said. */
export function rebuildPhase(rebuild: Rebuild, totals: Totals): string | null {
  const step = presentStep(rebuild);
  if (step !== null) return stepText(step);
  if (totals.running > 0) return 'building';
  if (totals.fetching > 0) return 'fetching';
  if (rebuild.waits.size > 0) return 'waiting';
  if (totals.builds + totals.pathsToFetch + totals.fetchedPaths > 0) return 'working';
  if (rebuild.evaluation.startedMs !== null) return 'evaluating';
  return [...rebuild.tasks.values()][0]?.text ?? null;
}

/** A cache or builder that answers badly or not at all, the last of them: so long ago it is over. */
function trouble({ peers }: Rebuild, nowMs: number, add: Add): void {
  const troubled = [...peers].filter(([, { trouble: last }]) => nowMs - (last?.atMs ?? 0) < troubledMs);
  const [first] = troubled.sort(([, a], [, b]) => (b.trouble?.atMs ?? 0) - (a.trouble?.atMs ?? 0));
  if (first === undefined) return;
  const [name, { trouble: last, retries, offUntilMs }] = first;
  const status = last?.httpStatus ?? null;
  const says = status === null ? 'does not answer' : `answers HTTP ${status}`;
  const rest =
    offUntilMs !== null && offUntilMs > nowMs
      ? `, not asked for ${lengthText(offUntilMs - nowMs)}`
      : retries > 0
        ? `, asked again ${plural(retries, 'time')}`
        : '';
  add('trouble', 3.5, `${placeName(name)} ${says}${rest}`, {
    tone: 'warning',
    short: `${placeName(name)} ${says}`,
  });
}

function fetches(rebuild: Rebuild, totals: Totals, nowMs: number, add: Add): void {
  const { fetchedBytes, expectedBytes, fetchedPaths, pathsToFetch, fetching } = totals;
  const paths = fetchedPaths + pathsToFetch + fetching;
  if (paths === 0 && fetchedBytes === 0) return;
  const speeds = [...speedsByPeer(rebuild, nowMs)].sort(([, a], [, b]) => b - a);
  const [fastest] = speeds.filter(([peer]) => isFetching(rebuild, peer));
  const sum = speeds.reduce((all, [peer, speed]) => all + (isFetching(rebuild, peer) ? speed : 0), 0);
  const amount =
    fetchedBytes === 0 && (expectedBytes ?? 0) === 0
      ? `${fetchedPaths}/${plural(paths, 'path')}`
      : expectedBytes === null || expectedBytes < fetchedBytes
        ? formatBytes(fetchedBytes)
        : formatOf(fetchedBytes, expectedBytes);
  const fetched = `fetched ${amount}`;
  // Nothing under way: no speed. What stands still has 0, and says so.
  const speed = fastest === undefined ? '' : ` ${formatRate(sum)}`;
  const others = speeds.length > 1 ? ` +${speeds.length - 1}` : '';
  const from = fastest === undefined ? '' : ` (${placeName(fastest[0])}${others})`;
  add('fetched', 5, `${fetched}${speed}${from}`, { short: `${fetched}${speed}` });
}

function isFetching({ transfers }: Rebuild, peer: string): boolean {
  for (const transfer of transfers.values())
    if (transfer.peer === peer && transfer.direction === 'fetch' && !transfer.lookup) return true;
  return false;
}

function sends(rebuild: Rebuild, nowMs: number, add: Add): void {
  const moving = [...rebuild.transfers.values()].filter(
    ({ direction, state }) => direction === 'send' && state === 'moving',
  );
  const [first] = moving;
  if (first === undefined) return;
  const speed = speedsByPeer(rebuild, nowMs).get(first.peer ?? '');
  const to = first.peer === null ? '' : ` to ${placeName(first.peer)}`;
  add(
    'sends',
    6,
    `sending ${plural(moving.length, 'path')}${to}${speed === undefined ? '' : ` ${formatRate(speed)}`}`,
  );
}

function hooks({ hooks: open }: Rebuild, nowMs: number, add: Add): void {
  const [first] = [...open.values()];
  if (first === undefined) return;
  const of = first.drv === null ? '' : ` of ${nameOfDerivation(first.drv)}`;
  const more = open.size > 1 ? ` (+${open.size - 1})` : '';
  add('hook', 6, `post-build hook${of} ${formatDuration((nowMs - first.sinceMs) / 1000)}${more}`, {
    short: 'post-build hook',
  });
}

/** What it is called: its client as short as it can be, else how its log comes. */
export function rebuildTitle({ command, origin, rebuild }: FollowedRebuild): string {
  if (command !== null) return commandTitle(command);
  if (origin.kind === 'file') return `client ${rebuild.key}`;
  return 'rebuild';
}

/** Whom the kernel names for the lock, else the client whose build makes one of these outputs. */
export function holderIn({ builds, clients }: Pick<Model, 'builds' | 'clients'>): HolderOf {
  return (paths) => {
    const outputs = new Set(paths.map(withoutLock));
    const isOf = (path: string | null | undefined) => path != null && outputs.has(withoutLock(path));
    const waiter = clients.find(({ waitsFor }) => waitsFor?.holder != null && isOf(waitsFor.path));
    const build = builds.find(({ out }) => isOf(out));
    const client = build === undefined ? null : clientOfProcess(clients, build.clientPid);
    const holder = waiter?.waitsFor?.holder ?? client?.command ?? null;
    return holder === null ? null : shortCommand(clientCommand(holder));
  };
}

function withoutLock(path: string): string {
  return path.replace(/\.lock$/, '');
}

/** Between the clauses of a row. */
const separator = span(' · ', 'muted');

/** What no bar takes the place of. */
const mainRank = 5;

/** The clauses that fit; a bar before them where the main ones have room beside it. */
export function clauseSpans(
  clauses: readonly RebuildClause[],
  share: number | null,
  barColumns: number,
  width: number,
  unicode: boolean,
): Span[] {
  const main = clauses.filter(({ rank }) => rank <= mainRank);
  const gaps = spanColumns([separator], unicode) * Math.max(0, main.length - 1);
  const whole = main.reduce((sum, { text }) => sum + spanColumns([span(text)], unicode), gaps);
  const drawn =
    share === null || whole + barColumns + 1 > width
      ? []
      : [span(bar(share, barColumns, unicode), 'accent'), span(' ')];
  const segments = clauses.map(({ rank, text, short, tone }) => segment(rank, text, tone, short));
  return [...drawn, ...fitSegments(segments, width - spanColumns(drawn, unicode), { separator, unicode })];
}
