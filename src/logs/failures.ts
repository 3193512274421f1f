/** What failed, and why, as far as one message or result says it. */
import { isSame } from '../base/same.ts';
import type { Failure, FailureSaid } from '../model/rebuild/failure.ts';
import type { ResultEvent } from '../model/rebuild/log-event.ts';
import type { Build, FailureRecord } from '../model/rebuild/rebuild.ts';
import { bounds, withLast } from './bounds.ts';
import { exchangeClaim } from './build-outcome.ts';
import { newBuild } from './build-record.ts';
import type { Draft } from './draft.ts';

/** An error message. Returns whether it names no derivation that it could be put to. */
export function addFailure(draft: Draft, said: FailureSaid): { readonly inErrors: boolean } {
  const record: FailureRecord = { ...said, atMs: draft.timeMs, known: 'message' };
  const { failure } = said;
  if (failure.kind === 'dependency') {
    addDependent(draft, failure.drv, failure.count);
    return { inErrors: false };
  }
  const drv = failure.drv ?? unnamed(draft, failure);
  if (drv === null) {
    draft.rebuild.errors = withLast(draft.rebuild.errors, record, bounds.errors);
    return { inErrors: true };
  }
  // `build of 'D' failed` and the like: nothing new about what is known already.
  const known = draft.rebuild.failed.get(drv)?.failure;
  const vague = failure.kind === 'other' || failure.kind === 'remote' || failure.kind === 'substitutes';
  if (failure.kind === 'other' && nameUnnamed(draft, said.text)) return { inErrors: false };
  if (vague && (known?.known === 'message' || draft.rebuild.dependents.has(drv))) return { inErrors: false };
  const build = draft.rebuild.running.get(drv) ?? draft.rebuild.failed.get(drv);
  // Of a build on another machine the exit code here is the hook's: what came from there says more.
  if (failure.kind === 'exit' && build?.host != null && build.failure?.known === 'message')
    return { inErrors: false };
  failBuild(draft, drv, record);
  return { inErrors: false };
}

export function addClue(draft: Draft, said: FailureSaid): void {
  const record: FailureRecord = { ...said, atMs: draft.timeMs, known: 'message' };
  draft.rebuild.clues = withLast(draft.rebuild.clues, record, bounds.errors);
}

function addDependent(draft: Draft, drv: string, count: number): void {
  const { rebuild } = draft;
  // What has begun had all that it needs.
  if (rebuild.running.has(drv) || rebuild.finished.has(drv)) return;
  const failed = rebuild.failed.get(drv);
  if (failed !== undefined && failed.startedMs === null) draft.map('failed').delete(drv);
  else if (failed !== undefined) return;
  if (rebuild.planned.has(drv)) draft.set('planned').delete(drv);
  draft.map('dependents').set(drv, count);
}

/**
 * Since Nix 2.34 a time-out names no derivation: it is of a build that a counter has told as failed, of several the one
 * that ran or was silent for so long, or of the only one that runs.
 */
function unnamed(draft: Draft, failure: Failure): string | null {
  if (!isUnnamed(failure)) return null;
  const { failed, running } = draft.rebuild;
  const { wordless } = draft.memory;
  if (wordless.length > 1 && failure.kind === 'timeout') {
    const fits = wordless.find((drv) => tookSeconds(failed.get(drv), failure.seconds));
    if (fits !== undefined) return fits;
  }
  const [first] = wordless;
  if (first !== undefined) return first;
  return running.size === 1 ? ([...running.keys()][0] ?? null) : null;
}

function isUnnamed(failure: Failure): boolean {
  return (failure.kind === 'timeout' || failure.kind === 'log-limit') && failure.drv === null;
}

/** From its begin or from its last line to its end, as far as ticks tell. */
function tookSeconds(build: Build | undefined, seconds: number): boolean {
  if (build === undefined || build.startedMs === null || build.endedMs === null) return false;
  const from = [build.startedMs, build.lastLineMs ?? build.startedMs];
  const { endedMs } = build;
  return from.some((ms) => Math.abs(endedMs - ms - seconds * 1000) <= Math.min(600, seconds * 250));
}

/**
 * `build of 'A', 'B' failed` behind time-outs that named nobody, in lines for people: they are of those that ran, as
 * far as it makes no difference which is whose. Returns whether there are any: then it says nothing else.
 */
function nameUnnamed(draft: Draft, text: string): boolean {
  const { rebuild } = draft;
  const nameless = rebuild.errors.filter(({ failure }) => isUnnamed(failure));
  const [first] = nameless;
  if (first === undefined || !text.startsWith('build of ')) return false;
  const drvs = [...text.matchAll(/['"‘]([^'"’]+\.drv)/g)]
    .map((match) => match[1] ?? '')
    .filter((drv) => rebuild.running.has(drv) || rebuild.finished.has(drv));
  const alike = nameless.every(({ failure }) => isSame(failure, first.failure));
  if (!alike || drvs.length !== nameless.length) return true;
  rebuild.errors = rebuild.errors.filter((record) => !nameless.includes(record));
  for (const drv of drvs) failBuild(draft, drv, first);
  return true;
}

export function failBuild(draft: Draft, drv: string, record: FailureRecord): void {
  const { memory, rebuild } = draft;
  const running = draft.build(drv);
  if (running !== null) {
    running.failure = record;
    return;
  }
  const wordless = memory.wordless.includes(drv);
  if (wordless && record.known === 'message') memory.wordless = memory.wordless.filter((one) => one !== drv);
  const finished = rebuild.finished.get(drv);
  if (finished !== undefined) {
    draft.map('finished').delete(drv);
    const exchanged = finished.state === 'done' && exchangeClaim(draft, finished.writer, 'done');
    if (!exchanged) takeBackGuess(draft, finished);
  }
  if (rebuild.planned.has(drv)) draft.set('planned').delete(drv);
  if (rebuild.dependents.has(drv)) draft.map('dependents').delete(drv);
  const build = rebuild.failed.get(drv) ?? finished ?? newBuild(drv, null);
  const endedMs = build.endedMs ?? draft.timeMs;
  draft.map('failed').set(drv, { ...build, state: 'failed', endedMs, failure: record });
}

/**
 * Up to about Nix 2.9 the failed build and those that are stopped with it stop in any order after the counter: the
 * first one was taken for the failed one, and words now name another, whose end it was.
 */
function takeBackGuess(draft: Draft, named: Build): void {
  const { memory, rebuild } = draft;
  const guess = memory.wordless.find((drv) => rebuild.failed.get(drv)?.writer === named.writer);
  const build = guess === undefined ? undefined : rebuild.failed.get(guess);
  if (guess === undefined || build === undefined || build.failure?.known !== 'counter') return;
  memory.wordless = memory.wordless.filter((drv) => drv !== guess);
  draft.map('failed').delete(guess);
  draft.map('finished').set(guess, { ...build, state: named.state, failure: null });
}

/** A failure without a message of its own. */
export function withoutWords(
  drv: string,
  result: Extract<ResultEvent, { kind: 'ended' }> | null,
  atMs: number,
): FailureRecord {
  return {
    failure: failureOfStatus(drv, result?.status),
    text: result?.text ?? result?.status ?? '',
    spaceNote: false,
    lastLines: [],
    atMs,
    known: result === null ? 'counter' : 'result',
  };
}

/** What a status of build-result-v1.yaml tells by itself. */
function failureOfStatus(drv: string, status: string | undefined): Failure {
  if (status === 'DependencyFailed') return { kind: 'dependency', drv, count: 1 };
  if (status === 'NotDeterministic') return { kind: 'not-deterministic', drv, output: null };
  return { kind: 'other', drv };
}

/** Determinate Nix tells a hash mismatch as a result of the build's activity. */
export function failByHash(draft: Draft, event: Extract<ResultEvent, { kind: 'hash-mismatch' }>): void {
  const activity = draft.memory.activities.get(event.id)?.activity;
  const drv = event.drv ?? (activity?.type === 'build' ? activity.drv : null);
  if (drv === null) return;
  const { specified, got } = event;
  failBuild(draft, drv, {
    failure: { kind: 'hash', drv, specified, got, url: null },
    text: 'hash mismatch',
    spaceNote: false,
    lastLines: [],
    atMs: draft.timeMs,
    known: 'result',
  });
}
