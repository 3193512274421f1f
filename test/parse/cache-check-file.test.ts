import { expect, test } from 'vitest';
import { cacheCheckLine, parseCacheChecks } from '../../src/parse/cache-check-file.ts';
import { cacheCheck } from '../support/cache-check.ts';

const line = cacheCheckLine(cacheCheck);

test('what was written is read again', () => {
  expect(parseCacheChecks(line + line)).toEqual([cacheCheck, cacheCheck]);
});

test('what is cut off, of a newer version or none is left out, and nothing with it', () => {
  const hostile = ['{', 'null', '[]', line.slice(0, 200), line.replace('"version":1', '"version":2')];
  expect(parseCacheChecks(`${hostile.join('\n')}\n${line}`)).toEqual([cacheCheck]);
});

test.each(Object.keys(cacheCheck))('one without %s is none', (key) => {
  const { [key as 'fetch']: _, ...rest } = cacheCheck;
  expect(parseCacheChecks(JSON.stringify(rest))).toEqual([]);
});

test('a field of another type makes it none', () => {
  const [cache] = cacheCheck.caches;
  expect(parseCacheChecks(JSON.stringify({ ...cacheCheck, caches: [{ ...cache, keys: 'one' }] }))).toEqual(
    [],
  );
  expect(parseCacheChecks(JSON.stringify({ ...cacheCheck, builders: {} }))).toEqual([]);
});

test('a word that nobody here knows makes it none, as does a time that is no number', () => {
  const [cache] = cacheCheck.caches;
  const [builder] = cacheCheck.builders;
  const strange = [
    { caches: [{ ...cache, trouble: 'on-fire' }] },
    { caches: [{ ...cache, signature: 'blessed' }] },
    { builders: [{ ...builder, trouble: 'on-fire' }] },
    { fetch: { ...cacheCheck.fetch, state: 'perhaps' } },
    { fetch: { ...cacheCheck.fetch, untested: 'tired' } },
    { build: { ...cacheCheck.build, state: 'perhaps' } },
  ];
  for (const more of strange)
    expect(parseCacheChecks(JSON.stringify({ ...cacheCheck, ...more }))).toEqual([]);
  expect(parseCacheChecks(line.replace(/"endedMs":\d+/, '"endedMs":1e999'))).toEqual([]);
});
