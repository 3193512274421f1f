import { expect, test } from 'vitest';
import { fetchShort, fetchText } from '../../src/format/check-run-words.ts';
import { peerLines } from '../../src/format/peer-lines.ts';
import type { CacheCheck } from '../../src/model/cache-check/cache-check.ts';
import { hasFailed } from '../../src/model/cache-check/failed.ts';
import { cacheCheck, checkedBuilder, checkedCache } from '../support/cache-check.ts';

const elsewhere: CacheCheck = {
  ...cacheCheck,
  fetch: { ...cacheCheck.fetch, state: 'elsewhere', from: 'https://cache.nixos.org' },
};
const noLocal: CacheCheck = { ...elsewhere, caches: [{ ...checkedCache, role: 'upstream' }] };

test('from another cache is a fault where there is a local one', () => {
  expect(fetchShort(elsewhere)).toEqual({ text: 'elsewhere', tone: 'warning' });
  expect(fetchText(elsewhere)).toContain('cache.nixos.org, not from the local cache');
  expect(fetchShort(noLocal)).toEqual({ text: 'elsewhere' });
  expect(fetchText(noLocal)).not.toContain('local cache');
});

test('the page calls well what check-cache ends with 0', () => {
  const [busy] = [{ ...checkedBuilder, trouble: 'slots' } as const];
  const checks: readonly CacheCheck[] = [
    cacheCheck,
    elsewhere,
    noLocal,
    { ...cacheCheck, builders: [busy] },
    { ...cacheCheck, build: { ...cacheCheck.build, state: 'declined' } },
    { ...cacheCheck, caches: [{ ...checkedCache, trouble: 'timeout' }] },
  ];
  const sight = { nowMs: cacheCheck.endedMs, trusted: null, refused: [] };
  const words = checks.map((check) => peerLines({ kind: 'check', key: '', check }, sight).state.short);
  expect(words).toEqual(checks.map((check) => (hasFailed(check) ? 'found' : 'well')));
  expect(words).toEqual(['well', 'found', 'well', 'well', 'found', 'found']);
});
