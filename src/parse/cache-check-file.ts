/** The file of check-cache (model/cache-check/check-file.ts): a run a line, as JSON. */
import { parseJsonObject } from '../base/fields.ts';
import type { CacheCheck } from '../model/cache-check/cache-check.ts';
import { readCheck } from '../model/cache-check/read-check.ts';

/** The newest last. Lines that are none, or of a newer version, are left out. */
export function parseCacheChecks(text: string): readonly CacheCheck[] {
  return text.split('\n').flatMap((line) => (line === '' ? [] : (parseCacheCheck(line) ?? [])));
}

export function cacheCheckLine(check: CacheCheck): string {
  return `${JSON.stringify(check)}\n`;
}

function parseCacheCheck(line: string): CacheCheck | null {
  const row = parseJsonObject(line);
  const check = row === null ? undefined : readCheck(row);
  if (row === null || check === undefined) return null;
  // Without a cache that cannot be read, a run would tell that all it asked are well.
  const isWhole = (key: 'caches' | 'builders') =>
    Array.isArray(row[key]) && row[key].length === check[key].length;
  return isWhole('caches') && isWhole('builders') ? check : null;
}
