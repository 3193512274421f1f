/** Messages: kept for reading, and what they say. */
import type { Download } from '../model/rebuild/failure.ts';
import type { MessageEvent } from '../model/rebuild/log-event.ts';
import { takeBackArrival } from './arrivals.ts';
import { bounds, withLast } from './bounds.ts';
import type { Draft } from './draft.ts';
import { addClue, addFailure } from './failures.ts';
import { changePeer, peerOfUrl } from './peers.ts';
import { troubleWith } from './questions.ts';
import { tellSent } from './transfers.ts';
import { startWait } from './waits.ts';

const longestText = 2_000;

export function foldMessage(draft: Draft, event: MessageEvent): void {
  const { rebuild, memory } = draft;
  if (event.revises) takeBack(draft);
  const text = event.text.slice(0, longestText);
  const message = { atMs: draft.timeMs, severity: event.severity, text };
  rebuild.messages = withLast(rebuild.messages, message, bounds.messages);
  if (event.severity === 'warning') rebuild.warnings += 1;
  memory.lastMessage = { inErrors: false };
  const { meaning } = event;
  switch (meaning?.kind) {
    case undefined:
      return;
    case 'failure': {
      const { kind: _, ...said } = meaning;
      if (event.severity !== 'error') {
        addClue(draft, said);
        return;
      }
      if (said.failure.kind === 'network') {
        addTrouble(draft, said.failure, null);
        troubleWith(draft, said.failure.url, true);
      }
      takeBackArrival(draft, said);
      memory.lastMessage = addFailure(draft, said);
      return;
    }
    case 'wait':
      startWait(draft, `said ${meaning.for.kind}`, meaning.for, true);
      return;
    case 'download-trouble':
      addTrouble(draft, meaning, meaning.retryMs);
      troubleWith(draft, meaning.url, isLast(meaning));
      return;
    case 'cache-off':
      changePeer(draft, peerOfUrl(rebuild, meaning.url), (peer) => ({
        ...peer,
        offUntilMs: draft.timeMs + meaning.seconds * 1000,
      }));
      return;
    case 'unsigned':
      if (meaning.from === null) return;
      changePeer(draft, peerOfUrl(rebuild, meaning.from), (peer) => ({
        ...peer,
        unsigned: peer.unsigned + 1,
      }));
      return;
    case 'sent':
      tellSent(draft, meaning.path, meaning.bytes);
      return;
  }
}

/** `(attempt 4/5)`: the fifth fails without a word. */
function isLast({
  retryMs,
  attempt,
  attempts,
}: Extract<MessageEvent['meaning'], { kind: 'download-trouble' }>): boolean {
  return retryMs === null || (attempt !== null && attempts !== null && attempt + 1 >= attempts);
}

function addTrouble(draft: Draft, { url, text, httpStatus }: Download, retryMs: number | null): void {
  changePeer(draft, peerOfUrl(draft.rebuild, url), (peer) => ({
    ...peer,
    retries: peer.retries + (retryMs === null ? 0 : 1),
    trouble: { text, httpStatus, atMs: draft.timeMs },
  }));
}

/** The message before was the beginning of this one. */
function takeBack(draft: Draft): void {
  const { rebuild, memory } = draft;
  rebuild.messages = rebuild.messages.slice(0, -1);
  if (memory.lastMessage?.inErrors) rebuild.errors = rebuild.errors.slice(0, -1);
}
