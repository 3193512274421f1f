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
  const { direction, bytes, peer, path } = arrival;
  const { memory } = draft;
  for (const before of memory.arrivals)
    if (before.broken && before.path === path) forgetErrorOf(draft, before);
  const others = memory.arrivals.filter((before) => before.path !== path);
  memory.arrivals = withLast(others, arrival, bounds.arrivals);
  changePeer(draft, peer, (before) =>
    direction === 'fetch'
      ? {
          ...before,
          fetchedPaths: before.fetchedPaths + 1,
          fetchedBytes: before.fetchedBytes + bytes,
          // Of a cache that answers again it is no cause of what comes later.
          trouble: (before.trouble?.atMs ?? 0) < draft.timeMs ? null : before.trouble,
        }
      : { ...before, sentPaths: before.sentPaths + 1, sentBytes: before.sentBytes + bytes },
  );
}

/** An error: what it names did not come, and only the bytes that did are counted. */
export function takeBackArrival(draft: Draft, said: FailureSaid): void {
  const { memory } = draft;
  const at = memory.arrivals.findLastIndex((arrival) => isNamed(draft, arrival, said));
  const arrival = memory.arrivals[at];
  if (arrival === undefined) return;
  memory.arrivals = memory.arrivals.with(at, { ...arrival, broken: true });
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

/** It came from another cache, so nothing failed for the first one; that it had trouble stays. */
function forgetErrorOf(draft: Draft, arrival: Arrival): void {
  const { rebuild } = draft;
  rebuild.errors = rebuild.errors.filter((record) => !isNamed(draft, { ...arrival, broken: false }, record));
}

/** Lines for people name no address of a copy: then it is the cache's last one. */
function isNamed(
  { rebuild }: Draft,
  { path, url, peer, broken }: Arrival,
  { failure, text }: FailureSaid,
): boolean {
  if (broken) return false;
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
