/** Builds: begin, phase, lines, end. */
import type { LinesEvent, ResultEvent } from '../model/rebuild/log-event.ts';
import type { Build } from '../model/rebuild/rebuild.ts';
import { buildIsOpen } from './activity-ids.ts';
import { bounds, lastOf, withLast } from './bounds.ts';
import { claimOutcome, exchangeClaim, isLateStop } from './build-outcome.ts';
import { newBuild } from './build-record.ts';
import type { Draft } from './draft.ts';
import { withoutWords } from './failures.ts';

/** Of a build on another machine, ssh-ng tells the far side's as well: the same derivation, without a machine. */
export function startBuild(draft: Draft, drv: string, host: string | null, writer: number | null): void {
  const running = draft.build(drv);
  if (running !== null) {
    running.host ??= host;
    return;
  }
  const { rebuild, timeMs } = draft;
  draft.memory.realised = true;
  if (rebuild.planned.has(drv)) draft.set('planned').delete(drv);
  if (rebuild.finished.has(drv)) draft.map('finished').delete(drv);
  if (rebuild.failed.has(drv)) {
    draft.map('failed').delete(drv);
    draft.memory.wordless = draft.memory.wordless.filter((one) => one !== drv);
  }
  if (rebuild.dependents.has(drv)) draft.map('dependents').delete(drv);
  if (rebuild.elsewhere.has(drv))
    rebuild.elsewhere = new Set([...rebuild.elsewhere].filter((one) => one !== drv));
  draft.map('running').set(drv, { ...newBuild(drv, timeMs), host, writer });
}

export function addPhase(draft: Draft, id: string, name: string): void {
  const build = buildOf(draft, id);
  if (build === null || build.phases.at(-1)?.name === name) return;
  build.phases = withLast(build.phases, { name, sinceMs: draft.timeMs }, bounds.phases);
}

export function addLines(draft: Draft, { id, from, lines, count }: LinesEvent): void {
  const hook = draft.rebuild.hooks.get(id);
  if (hook !== undefined) {
    const before = count > lines.length ? [] : hook.tail;
    const tail = lastOf([...before, ...lines], bounds.tailLines);
    draft.map('hooks').set(id, { ...hook, lines: hook.lines + count, tail });
    return;
  }
  const build = from === 'build' ? buildOf(draft, id) : null;
  if (build === null) return;
  build.lines += count;
  build.lastLineMs = draft.timeMs;
  // Some between are not there: what is kept are the last lines without a hole.
  if (count > lines.length) build.tail.length = 0;
  for (const line of lines) build.tail.push(line);
  if (build.tail.length > 4 * bounds.tailLines) build.tail.splice(0, build.tail.length - bounds.tailLines);
}

function buildOf(draft: Draft, id: string) {
  const activity = draft.memory.activities.get(id)?.activity;
  return activity?.type === 'build' ? draft.build(activity.drv) : null;
}

/** Determinate Nix: the only one that says how it ended. Substitutions have it, too. */
export function endByResult(draft: Draft, event: Extract<ResultEvent, { kind: 'ended' }>): void {
  const activity = draft.memory.activities.get(event.id)?.activity;
  const drv = activity?.type === 'build' ? activity.drv : event.drv;
  if (drv === null) return;
  const build = draft.build(drv);
  if (build !== null) {
    build.cpuUsec = event.cpuUsec;
    build.state = event.success ? 'done' : 'failed';
    // A status says less than a message or a hash that came before it.
    build.failure ??= event.success ? null : withoutWords(drv, event, draft.timeMs);
  }
}

/** One of its activities stopped. */
export function endBuild(draft: Draft, drv: string, writer: number | null): void {
  const endIsLate = isLateStop(draft, writer);
  const hasFailed = (draft.rebuild.running.get(drv)?.failure ?? null) !== null;
  const claimed = claimOutcome(draft, writer, hasFailed);
  if (buildIsOpen(draft, drv)) return;
  const build = draft.takeBuild(drv);
  if (build === null) return;
  settle(draft, { ...build, state: outcomeOf(draft, build, claimed), endedMs: draft.timeMs, endIsLate });
}

function outcomeOf(draft: Draft, build: Build, claimed: Build['state']): Build['state'] {
  if (build.failure !== null) return 'failed';
  if (build.state !== 'running') return build.state;
  if (claimed !== 'failed') return claimed;
  // The failure that was counted is of a build that words have named already, and that stops after this one.
  const named = [...draft.rebuild.running.values()].some(
    ({ failure, writer }) => failure !== null && writer === build.writer,
  );
  if (named) exchangeClaim(draft, build.writer, 'failed');
  return named ? 'ended' : 'failed';
}

/** A build that runs no more goes to its place. */
export function settle(draft: Draft, build: Build): void {
  if (build.state === 'failed') {
    const failure = build.failure ?? withoutWords(build.drv, null, draft.timeMs);
    draft.map('failed').set(build.drv, { ...build, failure });
    if (failure.known !== 'message' && failure.failure.kind === 'other')
      draft.memory.wordless = withLast(draft.memory.wordless, build.drv, bounds.counters);
    return;
  }
  draft.map('finished').set(build.drv, build);
  forgetTails(draft, build.drv);
}

/** An error that names a build may come after its stop: the last lines of the ones that ended last are kept. */
function forgetTails(draft: Draft, newest: string): void {
  const { memory, rebuild } = draft;
  memory.withTail = [...memory.withTail, newest];
  while (memory.withTail.length > bounds.tails) {
    const [oldest = '', ...rest] = memory.withTail;
    memory.withTail = rest;
    const build = rebuild.finished.get(oldest);
    if (build !== undefined && build.tail.length > 0)
      draft.map('finished').set(oldest, { ...build, tail: [] });
  }
}
