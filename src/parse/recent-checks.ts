/** Of the files of check-cache what a dashboard shows: the last runs, and how often a test was a hit in the last day. */
import type { CacheCheck } from '../model/cache-check/cache-check.ts';
import { mostChecks } from '../model/cache-check/check-file.ts';
import { hadToHit } from '../model/cache-check/rotation.ts';
import { type CachesRaw, mostShownChecks } from '../model/caches/caches-raw.ts';
import { parseCacheChecks } from './cache-check-file.ts';

const dayMs = 24 * 60 * 60_000;

/** Of one file, the newest first. */
export interface FileChecks {
  readonly checks: readonly CacheCheck[];
  /** Of a day, those that tested a fetch and had a local cache to hit. */
  readonly fetches: readonly { readonly endedMs: number; readonly hit: boolean }[];
}

/** Read from its end: lines older than a day are not looked at. */
export function parseRecentChecks(text: string): FileChecks {
  const checks: CacheCheck[] = [];
  const fetches: FileChecks['fetches'][number][] = [];
  let end = text.length;
  for (let lines = 0; end > 0 && lines < mostChecks; lines += 1) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const [check] = parseCacheChecks(text.slice(start, end));
    end = start - 1;
    if (check === undefined) continue;
    const old = check.endedMs <= (checks[0]?.endedMs ?? 0) - dayMs;
    if (old && checks.length >= mostShownChecks) break;
    if (checks.length < mostShownChecks) checks.push(check);
    if (!old && hadToHit(check)) fetches.push({ endedMs: check.endedMs, hit: check.fetch.state === 'hit' });
  }
  return { checks, fetches };
}

export function recentChecks(files: readonly FileChecks[]): Pick<CachesRaw, 'checks' | 'day'> {
  const checks = files.flatMap((file) => file.checks).sort((a, b) => a.endedMs - b.endedMs);
  const fromMs = (checks.at(-1)?.endedMs ?? 0) - dayMs;
  const tested = files.flatMap(({ fetches }) => fetches).filter(({ endedMs }) => endedMs > fromMs);
  return {
    checks: checks.slice(-mostShownChecks),
    day: { fetches: tested.length, hits: tested.filter(({ hit }) => hit).length },
  };
}
