import { expect, test } from 'vitest';
import { cacheCheckDocument } from '../../src/format/cache-check-json.ts';
import { cacheCheckText } from '../../src/format/cache-check-text.ts';
import { builderTroubleWords, cacheTroubleWords } from '../../src/format/cache-check-words.ts';
import { noPaint } from '../../src/format/paint.ts';
import type { BuilderTrouble, CacheCheck, CacheTrouble } from '../../src/model/cache-check/cache-check.ts';
import { cacheCheck, checkedBuilder, checkedCache } from '../support/cache-check.ts';

const text = (check: CacheCheck, columns = 100, unicode = true) =>
  cacheCheckText(check, { tested: 12, hits: 11 }, { columns, unicode, color: noPaint });

test('all is well', () => {
  const rows = text(cacheCheck).split('\n').slice(2);
  expect(rows).toEqual([
    expect.stringMatching(/^CACHE +STATE +ROLE +ANSWER +LOST +PRIO +SPEED +SIGNED BY$/),
    expect.stringMatching(/^http:\/\/nas:80 +ok +local +12 ms +30 +86M\/s +nas-1$/),
    expect.stringMatching(/^https:\/\/cache.nixos.org +ok +upstream +12 ms +40/),
    '',
    'PACKAGE   hit: hello-2.12.1 from http://nas:80 in 800 ms, 59K, 3 paths',
    '          hits 11 of 12 in the last day',
    'BUILD     built by ssh-ng://nix@box in 1.4 s',
    '',
    expect.stringMatching(/^BUILDER +STATE +SLOTS +WAIT +ANSWER +BUILD +SPEED +SYSTEMS$/),
    expect.stringMatching(/^ssh-ng:\/\/nix@box +used +1\/4 +0 +300 ms +1.2 s +38M\/s +x86_64-linux/),
    '',
    '2 caches well, the package came from the local cache, a builder took the build',
  ]);
});

const caches = Object.keys(cacheTroubleWords).map((trouble, at) => ({
  ...checkedCache,
  ...{ address: `http://cache-${at}`, trouble: trouble as CacheTrouble, said: null, lostSec: 4.5 },
}));
const builders = Object.keys(builderTroubleWords).map((trouble) => ({
  ...checkedBuilder,
  ...{ trouble: trouble as BuilderTrouble, said: 'it said so', used: false },
}));

test('each trouble has its words, and no row is wider than the screen', () => {
  const check: CacheCheck = { ...cacheCheck, caches, builders };
  for (const columns of [40, 60, 80, 120]) {
    const rows = text(check, columns, false).split('\n');
    for (const row of rows) expect(row.length, row).toBeLessThanOrEqual(columns);
    expect(rows.filter((row) => row.includes('way out: '))).toHaveLength(caches.length + builders.length);
  }
  const wide = text(check, 200);
  for (const { state, why } of [...Object.values(cacheTroubleWords), ...Object.values(builderTroubleWords)]) {
    expect(wide).toContain(why.slice(0, 60));
    expect(wide).toContain(state);
    expect(state.length).toBeLessThanOrEqual(13);
  }
});

test('a way out stands once', () => {
  const [dead] = caches;
  const twice = [dead, dead].filter((one) => one !== undefined);
  expect(text({ ...cacheCheck, caches: twice, builders: [] }).match(/way out: /g)).toHaveLength(1);
});

test('what is not known or was not tested is said, and is no 0', () => {
  const untested = { state: 'untested', untested: 'all-present', said: null } as const;
  const stored = `/nix/store/${'0'.repeat(32)}-app-1.0`;
  const shown = text({
    ...cacheCheck,
    caches: [{ ...checkedCache, answerSec: null, priority: null, bytesPerSec: null }],
    builders: [],
    cut: true,
    fetch: { ...cacheCheck.fetch, ...untested },
    build: { ...cacheCheck.build, state: 'unconfigured' },
    proxyDisk: { path: '/var/cache/nix', usedBytes: null, files: null, availableBytes: null },
  });
  expect(shown).toMatch(/^http:\/\/nas:80 +ok +local +– +– +– +nas-1$/m);
  expect(shown).toContain('not tested (nixpkgs#hello): the store has all packages');
  expect(text({ ...cacheCheck, fetch: { ...cacheCheck.fetch, ...untested, package: stored } })).toContain(
    'not tested (app-1.0): the store',
  );
  expect(shown).toContain('no builders are configured');
  expect(shown).toContain('/var/cache/nix: could not be counted');
  expect(shown).toContain('cut off');
});

test('what others say draws nothing on the terminal', () => {
  const evil = 'a\u001b[2J\u202e\nb';
  const hostile = {
    ...checkedCache,
    trouble: 'status',
    said: evil,
    address: `http://${evil}`,
    keys: [evil],
  } as const;
  const shown = text({
    ...cacheCheck,
    caches: [hostile],
    fetch: { ...cacheCheck.fetch, state: 'failed', said: evil },
    builders: [{ ...checkedBuilder, said: evil, address: evil }],
  });
  for (const mark of ['\u001b', '\u202e']) expect(shown).not.toContain(mark);
});

test('the document says what follows from it', () => {
  expect(cacheCheckDocument(cacheCheck, { tested: 2, hits: 1 })).toMatchObject({
    version: 1,
    failed: false,
    lastDay: { tested: 2, hits: 1 },
    fetch: { state: 'hit' },
  });
});
