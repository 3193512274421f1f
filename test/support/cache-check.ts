/** A run of check-cache for tests: one cache that is well, a hit, a build by one builder. */
import type { CacheCheck, CheckedBuilder, CheckedCache } from '../../src/model/cache-check/cache-check.ts';

export const checkedCache: CheckedCache = {
  address: 'http://nas:80',
  role: 'local',
  trouble: null,
  said: null,
  httpStatus: 200,
  answerSec: 0.012,
  lostSec: 0,
  priority: 30,
  massQuery: true,
  storeDirectory: '/nix/store',
  narinfo: 'hello-2.12.1',
  signature: 'good',
  keys: ['nas-1'],
  bytesPerSec: 90e6,
};

export const checkedBuilder: CheckedBuilder = {
  address: 'ssh-ng://nix@box',
  systems: ['x86_64-linux'],
  features: ['kvm'],
  mandatory: [],
  slots: 4,
  slotsBusy: 1,
  waiting: 0,
  speedFactor: 2,
  trouble: null,
  said: null,
  answerSec: 0.3,
  nixVersion: '2.34.8',
  trusted: true,
  used: true,
  buildSec: 1.2,
  bytesPerSec: 40e6,
};

export const cacheCheck: CacheCheck = {
  version: 1,
  startedMs: 1_700_000_000_000,
  endedMs: 1_700_000_004_500,
  cut: false,
  textfile: null,
  caches: [
    checkedCache,
    { ...checkedCache, address: 'https://cache.nixos.org', role: 'upstream', priority: 40 },
  ],
  fetch: {
    state: 'hit',
    untested: null,
    said: null,
    package: 'nixpkgs#hello',
    large: false,
    path: '/nix/store/63l345l7dgcfz789w1y93j1540czafqh-hello-2.12.1',
    from: 'http://nas:80',
    sec: 0.8,
    bytes: 60_000,
    fetched: 3,
    removed: 3,
  },
  build: { state: 'built', untested: null, said: null, builder: 'ssh-ng://nix@box', sec: 1.4 },
  builders: [checkedBuilder],
  proxyDisk: null,
};
