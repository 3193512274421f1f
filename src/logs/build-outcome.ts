/**
 * How a build ended. Its stop does not say it, but the goal tree's counter does: just before a build stops, `done` or
 * `failed` of the `builds` activity goes up by one (that of `copies` goes up afterwards, and for paths that nobody had,
 * too: it tells nothing). Up to about Nix 2.9 several go up together and then as many builds stop, in any order; a build
 * that was stopped because another one failed is not counted at all.
 */
import { ownText } from '../base/text.ts';
import type { ProgressEvent } from '../model/rebuild/log-event.ts';
import type { Build } from '../model/rebuild/rebuild.ts';
import type { Draft } from './draft.ts';
import type { Memory } from './log-state.ts';

/** Streams of text, and ids without pid, are one writer. */
function keyOf(writer: number | null): string {
  return String(writer ?? '');
}

export function countEnds(draft: Draft, { id, done, failed }: ProgressEvent, writer: number | null): void {
  const before = draft.memory.counters.get(id) ?? { done: 0, failed: 0 };
  const now = { done: done ?? before.done, failed: failed ?? before.failed };
  draft.recall('counters').set(ownText(id), now);
  const unclaimed = draft.memory.unclaimed.get(keyOf(writer)) ?? { done: 0, failed: 0 };
  if (unclaimed.done + unclaimed.failed === 0)
    draft.recall('unclaimedSince').set(keyOf(writer), draft.timeMs);
  draft.recall('unclaimed').set(keyOf(writer), {
    done: unclaimed.done + Math.max(0, now.done - before.done),
    failed: unclaimed.failed + Math.max(0, now.failed - before.failed),
  });
}

/** How many builds the counter has told as done or failed that have not stopped yet. */
export function countedEnds({ unclaimed }: Pick<Memory, 'unclaimed'>, writer: number | null): number {
  const { done, failed } = unclaimed.get(keyOf(writer)) ?? { done: 0, failed: 0 };
  return done + failed;
}

/** Stop and counter are told together, but for the end of a piece that lies between them. */
const togetherMs = 2_500;

/** What stops now was counted a while ago: it, or another one that stops as late, has long ended. */
export function isLateStop(draft: Draft, writer: number | null): boolean {
  const sinceMs = draft.memory.unclaimedSince.get(keyOf(writer));
  return (
    sinceMs !== undefined && countedEnds(draft.memory, writer) > 0 && draft.timeMs - sinceMs > togetherMs
  );
}

/**
 * What the counter says about that which stops now, and is used up by it. `hasFailed`: words have told it already, so what
 * is counted as done is another's.
 */
export function claimOutcome(draft: Draft, writer: number | null, hasFailed = false): Build['state'] {
  const key = keyOf(writer);
  const unclaimed = draft.memory.unclaimed.get(key);
  // No counter: lines for people, which tell what failed; or a machine log that was joined in its middle.
  if (unclaimed === undefined) return writer === null ? 'done' : 'ended';
  const { done, failed } = unclaimed;
  if (done > 0 && !(hasFailed && failed > 0)) {
    draft.recall('unclaimed').set(key, { done: done - 1, failed });
    return 'done';
  }
  if (failed > 0) {
    draft.recall('unclaimed').set(key, { done, failed: failed - 1 });
    return 'failed';
  }
  return 'ended';
}

/**
 * Words tell what the counter was misread for: `failed` is that build's, and `back` is to be claimed by another. Returns
 * whether there was something to exchange.
 */
export function exchangeClaim(draft: Draft, writer: number | null, back: 'done' | 'failed'): boolean {
  const key = keyOf(writer);
  const unclaimed = draft.memory.unclaimed.get(key);
  if (unclaimed === undefined) return false;
  const { done, failed } = unclaimed;
  if (back === 'done' && failed === 0) return false;
  const next = back === 'failed' ? { done, failed: failed + 1 } : { done: done + 1, failed: failed - 1 };
  draft.recall('unclaimed').set(key, next);
  return true;
}
