/** A rebuild in numbers: the same whichever way its stream was written. */
import type { Rebuild } from '../model/rebuild/rebuild.ts';
import type { Totals } from '../model/rebuild/totals.ts';

export type { Totals };

export function totalsOf(rebuild: Rebuild): Totals {
  let done = rebuild.forgotten;
  let ended = 0;
  for (const { state } of rebuild.finished.values()) {
    if (state === 'done') done += 1;
    else ended += 1;
  }
  let fetchedPaths = 0;
  let fetchedBytes = 0;
  let sentPaths = 0;
  for (const peer of rebuild.peers.values()) {
    fetchedPaths += peer.fetchedPaths;
    fetchedBytes += peer.fetchedBytes;
    sentPaths += peer.sentPaths;
  }
  let fetching = 0;
  for (const transfer of rebuild.transfers.values()) {
    if (transfer.lookup || transfer.direction === 'send') continue;
    fetchedBytes += transfer.bytes;
    if (transfer.path !== null && transfer.state === 'moving') fetching += 1;
  }
  const { planned, running, failed, dependents, elsewhere, plannedFetches, expected } = rebuild;
  const begun = running.size + failed.size + dependents.size + elsewhere.size + done + ended;
  // What a counter expects may have become less by those that were not built.
  const waiting = Math.max(planned.size, (expected.builds ?? 0) - begun);
  return {
    builds: begun + waiting,
    waiting,
    running: running.size,
    done,
    elsewhere: elsewhere.size,
    ended,
    failed: failed.size,
    dependents: dependents.size,
    pathsToFetch: plannedFetches.size,
    fetching,
    fetchedPaths,
    fetchedBytes,
    expectedBytes: expected.downloadBytes,
    sentPaths,
  };
}
