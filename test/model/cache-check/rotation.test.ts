import { expect, test } from 'vitest';
import type { CacheCheck } from '../../../src/model/cache-check/cache-check.ts';
import { hasFailed } from '../../../src/model/cache-check/failed.ts';
import { hitRate, isLargeTurn, rotated } from '../../../src/model/cache-check/rotation.ts';
import { cacheCheck, checkedBuilder } from '../../support/cache-check.ts';

const list = ['hello', 'cowsay', 'figlet'];

test('each quarter of an hour the next one begins', () => {
  const firsts = [0, 1, 2, 3].map((slot) => rotated(list, slot * 900_000 + 899_999)[0]);
  expect(firsts).toEqual(['hello', 'cowsay', 'figlet', 'hello']);
  expect(rotated(list, 900_000)).toEqual(['cowsay', 'figlet', 'hello']);
  expect(rotated([], 900_000)).toEqual([]);
});

const run = (fetch: Partial<CacheCheck['fetch']>): CacheCheck => ({
  ...cacheCheck,
  fetch: { ...cacheCheck.fetch, ...fetch },
});

test('of so many runs one has the larger package', () => {
  const small = run({ large: false });
  const turns: boolean[] = [];
  let runs: readonly CacheCheck[] = [];
  for (let at = 0; at < 12; at += 1) {
    const large = isLargeTurn(runs, 4);
    turns.push(large);
    runs = [...runs, run({ large })];
  }
  expect(turns.flatMap((large, at) => (large ? [at] : []))).toEqual([3, 7, 11]);
  expect(isLargeTurn([small, small], 4)).toBe(false);
});

test('the hit rate is that of the last day, of runs that could hit', () => {
  const now = cacheCheck.endedMs + 1000;
  const old = { ...cacheCheck, endedMs: now - 25 * 3_600_000 };
  const runs = [
    old,
    cacheCheck,
    run({ state: 'elsewhere' }),
    run({ state: 'untested' }),
    run({ state: 'missing' }),
  ];
  expect(hitRate(runs, now)).toEqual({ tested: 3, hits: 1 });
  expect(hitRate([{ ...cacheCheck, caches: [] }], now)).toEqual({ tested: 0, hits: 0 });
});

const without = { ...cacheCheck, caches: cacheCheck.caches.filter(({ role }) => role !== 'local') };
const busy = { ...checkedBuilder, trouble: 'slots' } as const;

test.each<[string, CacheCheck, boolean]>([
  ['all is well', cacheCheck, false],
  ['the package came from elsewhere', run({ state: 'elsewhere' }), true],
  [
    'it did, and there is no local cache',
    { ...without, fetch: { ...without.fetch, state: 'elsewhere' } },
    false,
  ],
  ['nothing was fetched', run({ state: 'untested' }), false],
  ['no cache has it', run({ state: 'missing' }), true],
  ['nobody builds', { ...cacheCheck, build: { ...cacheCheck.build, state: 'declined' } }, true],
  ['there are no builders', { ...cacheCheck, build: { ...cacheCheck.build, state: 'unconfigured' } }, false],
  ['a builder is busy', { ...cacheCheck, builders: [busy] }, false],
  ['a builder is dead', { ...cacheCheck, builders: [{ ...busy, trouble: 'unreachable' }] }, true],
])('%s: a fault is %3$s', (_, check, failed) => {
  expect(hasFailed(check)).toBe(failed);
});
