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
  expect(parseCacheChecks(JSON.stringify({ ...cacheCheck, caches: [{ ...cache, keys: [1] }] }))).toEqual([]);
  expect(parseCacheChecks(JSON.stringify({ ...cacheCheck, builders: {} }))).toEqual([]);
});
