/** What check-cache prints with `--json`: the record as it is kept (docs/check-cache.md), and what follows from it. */
import type { CacheCheck } from '../model/cache-check/cache-check.ts';
import { hasFailed } from '../model/cache-check/failed.ts';
import type { HitRate } from '../model/cache-check/rotation.ts';

export function cacheCheckDocument(check: CacheCheck, hits: HitRate) {
  return { ...check, failed: hasFailed(check), lastDay: hits };
}
