/**
 * What caches are asked: whether they have a path (a narinfo each). Nix asks all caches for each path, and one that does
 * not answer keeps every path waiting (NixOS/nix#15419).
 */
import type { Transfer } from '../model/rebuild/rebuild.ts';
import { bounds, withLast } from './bounds.ts';
import type { Draft } from './draft.ts';
import { changePeer } from './peers.ts';

/** filetransfer-retry-attempts of nix.conf: after so many a question has no answer, where no message counts them. */
const usualAttempts = 5;

export function ask(draft: Draft, { peer }: Transfer): void {
  if (peer !== null) changePeer(draft, peer, (one) => ({ ...one, asked: one.asked + 1 }));
}

export function endQuestion(draft: Draft, { peer, startedMs, troubles, givenUp }: Transfer): void {
  if (peer === null) return;
  const failed = givenUp || troubles >= usualAttempts - 1;
  changePeer(draft, peer, (one) =>
    failed
      ? { ...one, unanswered: one.unanswered + 1 }
      : {
          ...one,
          answered: one.answered + 1,
          answersMs: withLast(one.answersMs, draft.timeMs - startedMs, bounds.answers),
        },
  );
}

/** `last`: it is not tried again. A message names an address, not its activity; those that came to their end are over. */
export function troubleWith(draft: Draft, url: string, last: boolean): void {
  for (const [key, transfer] of draft.rebuild.transfers) {
    if (transfer.url !== url) continue;
    const troubled = { ...transfer, troubles: transfer.troubles + 1, givenUp: last };
    draft.map('transfers').set(key, troubled);
    loseTime(draft, troubled);
    return;
  }
}

/**
 * Up to now it was waited for in vain. What is built meanwhile is not kept waiting for certain, so that time is not counted.
 */
export function loseTime(draft: Draft, { peer, startedMs }: Transfer): void {
  if (peer === null) return;
  const { rebuild, timeMs } = draft;
  changePeer(draft, peer, (one) => {
    const fromMs = Math.max(startedMs, one.lostUntilMs ?? startedMs);
    const lostMs = rebuild.running.size > 0 ? 0 : Math.max(0, timeMs - fromMs);
    return { ...one, lostMs: one.lostMs + lostMs, lostUntilMs: timeMs };
  });
}
