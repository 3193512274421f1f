/** Of the files of check-cache the last runs, and how many tests of a day were hits. */
import { expect, test } from 'vitest';
import type { CacheCheck } from '../../src/model/cache-check/cache-check.ts';
import { cacheCheckLine } from '../../src/parse/cache-check-file.ts';
import { parseRecentChecks, recentChecks } from '../../src/parse/recent-checks.ts';
import { cacheCheck } from '../support/cache-check.ts';

const quarterMs = 15 * 60_000;
const startMs = 1_700_000_000_000;
const at = (place: number, state: CacheCheck['fetch']['state'] = 'hit'): CacheCheck => ({
  ...cacheCheck,
  startedMs: startMs + place * quarterMs - 1000,
  endedMs: startMs + place * quarterMs,
  fetch: { ...cacheCheck.fetch, state },
});
const fileOf = (checks: readonly CacheCheck[]) => checks.map(cacheCheckLine).join('');
const recentOf = (...files: readonly string[]) => recentChecks(files.map(parseRecentChecks));

test('nothing of nothing', () => {
  expect(recentOf()).toEqual({ checks: [], day: { fetches: 0, hits: 0 } });
  expect(recentOf('', 'no line\n{"version":2}\n')).toEqual({ checks: [], day: { fetches: 0, hits: 0 } });
});

test('the last eight, and the day up to the last one', () => {
  const all = Array.from({ length: 192 }, (_, place) => at(place, place % 2 === 0 ? 'hit' : 'missing'));
  const { checks, day } = recentOf(fileOf(all));
  expect(checks.map(({ endedMs }) => endedMs)).toEqual(all.slice(-8).map(({ endedMs }) => endedMs));
  expect(day).toEqual({ fetches: 96, hits: 48 });
});

test('what was not tested is neither', () => {
  expect(recentOf(fileOf([at(0), at(1, 'untested'), at(2, 'elsewhere')])).day).toEqual({
    fetches: 2,
    hits: 1,
  });
});

test('without a local cache there is nothing to hit', () => {
  const caches = cacheCheck.caches.filter(({ role }) => role !== 'local');
  expect(recentOf(fileOf([{ ...at(0, 'elsewhere'), caches }, at(1)])).day).toEqual({ fetches: 1, hits: 1 });
});

test('of two files by their times', () => {
  const { checks, day } = recentOf(fileOf([at(0), at(2)]), fileOf([at(1), at(3, 'failed')]));
  expect(checks.map(({ endedMs }) => (endedMs - startMs) / quarterMs)).toEqual([0, 1, 2, 3]);
  expect(day).toEqual({ fetches: 4, hits: 3 });
});

test('a last line that is cut off is none', () => {
  const text = fileOf([at(0), at(1)]);
  expect(recentOf(text.slice(0, -30)).checks).toHaveLength(1);
});
