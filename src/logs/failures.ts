/** What failed, and why, as far as one message or result says it. */
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
  if (vague && (known?.known === 'message' || draft.rebuild.dependents.has(drv))) return { inErrors: false };
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

/** Since Nix 2.34 a time-out names no derivation: it is of the build that a counter has told as failed, or the only one. */
function unnamed(draft: Draft, failure: Failure): string | null {
  if (failure.kind !== 'timeout' && failure.kind !== 'log-limit') return null;
  const [wordless] = draft.memory.wordless;
  if (wordless !== undefined) return wordless;
  const { running } = draft.rebuild;
  return running.size === 1 ? ([...running.keys()][0] ?? null) : null;
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
