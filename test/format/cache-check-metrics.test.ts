import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { cacheCheckMetrics, cacheCheckRows } from '../../src/format/metrics/cache-check-metrics.ts';
import { metricsText } from '../../src/format/metrics/metrics-text.ts';
import type { CacheCheck } from '../../src/model/cache-check/cache-check.ts';
import { cacheCheck, checkedBuilder, checkedCache } from '../support/cache-check.ts';

const seriesOf = (check: CacheCheck) =>
  metricsText(cacheCheckMetrics(check))
    .split('\n')
    .filter((line) => !line.startsWith('#'));

test('the seven known names have what existing alerts ask of them', () => {
  expect(seriesOf(cacheCheck)).toEqual(
    expect.arrayContaining([
      'nix_build_cache_check_timestamp 1700000004.5',
      'nix_distributed_build_success 1',
      'nix_builder_used{builder="box"} 1',
      'nix_local_cache_hit 1',
      'nix_upstream_cache_accessible 1',
      'nix_cache_info_accessible 1',
      'nix_test_package_info{package="hello"} 1',
    ]),
  );
});

test.each([
  ['built', 1],
  ['declined', 0],
  ['failed', 0],
  ['unconfigured', -1],
] as const)('a build that is %s is %d', (state, value) => {
  expect(seriesOf({ ...cacheCheck, build: { ...cacheCheck.build, state } })).toContain(
    `nix_distributed_build_success ${value}`,
  );
});

test('without a local cache nothing is missed in it', () => {
  const caches = cacheCheck.caches.filter(({ role }) => role !== 'local');
  const elsewhere = { ...cacheCheck.fetch, state: 'elsewhere' } as const;
  const names = (check: CacheCheck) => seriesOf(check).map((line) => line.split(/[ {]/, 1)[0]);
  expect(names({ ...cacheCheck, caches, fetch: elsewhere })).not.toContain('nix_local_cache_hit');
  expect(seriesOf({ ...cacheCheck, fetch: elsewhere })).toContain('nix_local_cache_hit 0');
});

test('what was not tested is not told', () => {
  const untested = { state: 'untested', untested: 'time' } as const;
  const series = seriesOf({
    ...cacheCheck,
    caches: [],
    fetch: { ...cacheCheck.fetch, ...untested, package: null },
    build: { ...cacheCheck.build, ...untested },
  }).join('\n');
  expect(series).not.toMatch(/nix_local_cache_hit|nix_distributed_build_success|accessible|package_info/);
});

test.each([
  ['elsewhere', 0],
  ['missing', 0],
  ['failed', 0],
] as const)('a package that came from %s is no hit', (state, value) => {
  expect(seriesOf({ ...cacheCheck, fetch: { ...cacheCheck.fetch, state } })).toContain(
    `nix_local_cache_hit ${value}`,
  );
});

test('a cache that lies is accessible and not usable', () => {
  const lying = { ...checkedCache, trouble: 'bad-signature', signature: 'bad' } as const;
  expect(seriesOf({ ...cacheCheck, caches: [lying] })).toEqual(
    expect.arrayContaining([
      'nix_cache_info_accessible 1',
      'nix_cache_usable{cache="http://nas:80",role="local"} 0',
      'nix_cache_trouble{cache="http://nas:80",role="local",trouble="bad-signature"} 1',
      'nix_cache_signature_valid{cache="http://nas:80",role="local"} 0',
    ]),
  );
});

test('one whose archives trickle answers with its nix-cache-info, one that says nothing does not', () => {
  const trickling = { ...checkedCache, trouble: 'timeout', answerSec: 0.1 } as const;
  const told = (cache: typeof trickling | (Omit<typeof trickling, 'answerSec'> & { answerSec: null })) =>
    seriesOf({ ...cacheCheck, caches: [cache] });
  expect(told(trickling)).toContain('nix_cache_info_accessible 1');
  expect(told({ ...trickling, answerSec: null })).toContain('nix_cache_info_accessible 0');
});

test('of two lines of one machine there is one series', () => {
  const again = { ...checkedBuilder, address: 'ssh://root@box:2222' };
  const series = seriesOf({ ...cacheCheck, builders: [checkedBuilder, again] });
  expect(series.filter((line) => line.startsWith('nix_builder_slots'))).toEqual([
    'nix_builder_slots{builder="box"} 4',
  ]);
});

test('every row names its labels', () => {
  for (const { name, labels, samples } of cacheCheckRows)
    for (const sample of samples(cacheCheck))
      expect([name, Object.keys(sample.labels)]).toEqual([name, labels]);
});

test.skipIf(spawnSync('promtool', ['--version']).error !== undefined)(
  'whatever a cache, a builder or a package is called, promtool can read it',
  () => {
    const names = [
      'http://"} 1\nevil 1\n',
      'ssh://a\\',
      'x\u0000\u001b[2J\u009b\u2028',
      '\ud800 half',
      '{a="b"}#',
      `http://${'x'.repeat(5000)}`,
      // What is left of two is the same.
      `http://${'x'.repeat(5001)}`,
      '',
    ];
    const check: CacheCheck = {
      ...cacheCheck,
      caches: names.map((address) => ({ ...checkedCache, address, keys: [address], trouble: 'unreachable' })),
      builders: names.map((address) => ({ ...checkedBuilder, address, trouble: 'slow', bytesPerSec: 1e300 })),
      fetch: { ...cacheCheck.fetch, package: `nixpkgs#${names.join('')}` },
      proxyDisk: { path: '/x', usedBytes: Number.MAX_VALUE, files: 1e21, availableBytes: -1 },
    };
    const lint = spawnSync('promtool', ['check', 'metrics'], {
      input: metricsText(cacheCheckMetrics(check)),
      encoding: 'utf8',
    });
    expect([lint.status, lint.stdout + lint.stderr]).toEqual([0, '']);
    expect(seriesOf(check).filter((line) => /^evil|^ |^}/.test(line))).toEqual([]);
  },
);
