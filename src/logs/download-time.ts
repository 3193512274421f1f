/** How long what is to be fetched still takes. */
import type { Rebuild } from '../model/rebuild/rebuild.ts';
import { speedsByPeer } from './speed.ts';
import { totalsOf } from './totals.ts';

export interface DownloadTime {
  readonly lowSec: number;
  readonly highSec: number;
}

/** Less is over before anybody has read the estimate. */
const nothingBytes = 100_000;
/** The mean since the begin counts for what was slow then, not for ever. */
const mostSlower = 4;

/** Null: something is to come, and nothing says how fast. */
export function downloadTime(rebuild: Rebuild, nowMs: number): DownloadTime | null {
  const { fetchedBytes, expectedBytes, pathsToFetch, fetching } = totalsOf(rebuild);
  const left = expectedBytes === null ? 0 : expectedBytes - fetchedBytes;
  if (pathsToFetch + fetching === 0 || left < nothingBytes)
    return expectedBytes === null && pathsToFetch > 0 ? null : { lowSec: 0, highSec: 0 };
  let now = 0;
  for (const speed of speedsByPeer(rebuild, nowMs).values()) now += speed;
  const mean = fetchedBytes / Math.max(1, (nowMs - rebuild.startedMs) / 1000);
  const fast = Math.max(now, mean);
  if (fast <= 0) return null;
  const slow = Math.max(Math.min(now || mean, mean), fast / mostSlower);
  return { lowSec: left / fast, highSec: left / slow };
}
