/**
 * Paths that came, or seemed to: a transfer stops alike whether it came whole or broke. The counter of paths goes up only
 * afterwards, and as well for paths that nobody had; what failed is named by an error that follows the stop.
 */
import type { FailureSaid } from '../model/rebuild/failure.ts';
import { bounds, withLast } from './bounds.ts';
import type { Draft } from './draft.ts';
import type { Arrival } from './log-state.ts';
import { changePeer, peerOfUrl } from './peers.ts';

export function addArrival(draft: Draft, arrival: Arrival): void {
  draft.memory.arrivals = withLast(draft.memory.arrivals, arrival, bounds.arrivals);
  const { direction, bytes, peer } = arrival;
  changePeer(draft, peer, (before) =>
    direction === 'fetch'
      ? { ...before, fetchedPaths: before.fetchedPaths + 1, fetchedBytes: before.fetchedBytes + bytes }
      : { ...before, sentPaths: before.sentPaths + 1, sentBytes: before.sentBytes + bytes },
  );
}

/** An error: what it names did not come, and only the bytes that did are counted. */
export function takeBackArrival(draft: Draft, said: FailureSaid): void {
  const { memory } = draft;
  const at = memory.arrivals.findLastIndex((arrival) => isNamed(draft, arrival, said));
  const arrival = memory.arrivals[at];
  if (arrival === undefined) return;
  memory.arrivals = memory.arrivals.toSpliced(at, 1);
  const { direction, bytes, peer, cameBytes } = arrival;
  const less = bytes - cameBytes;
  changePeer(draft, peer, (before) => ({
    ...before,
    broken: before.broken + 1,
    ...(direction === 'fetch'
      ? { fetchedPaths: before.fetchedPaths - 1, fetchedBytes: before.fetchedBytes - less }
      : { sentPaths: before.sentPaths - 1, sentBytes: before.sentBytes - less }),
  }));
}

/** Lines for people name no address of a copy: then it is the cache's last one. */
function isNamed({ rebuild }: Draft, { path, url, peer }: Arrival, { failure, text }: FailureSaid): boolean {
  switch (failure.kind) {
    case 'network':
      return url === null ? peer === peerOfUrl(rebuild, failure.url) : url === failure.url;
    case 'no-substituter':
      return failure.path === path;
    case 'hash':
    case 'other':
    case 'space':
      return failure.drv === null && text.includes(`${path}'`);
    default:
      return false;
  }
}
