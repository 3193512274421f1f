/** Caches and builders of a machine: one that answers, a dead one, one full builder, one that waits, checks of a day. */

import { newPeer } from '../../src/logs/peers.ts';
import type { CacheCheck, CheckedCache } from '../../src/model/cache-check/cache-check.ts';
import type { CachesRaw } from '../../src/model/caches/caches-raw.ts';
import type { Model } from '../../src/model/model.ts';
import type { FollowedRebuild } from '../../src/model/rebuild/followed.ts';
import type { Peer } from '../../src/model/rebuild/rebuild.ts';
import { cacheCheck, checkedBuilder, checkedCache } from './cache-check.ts';
import { fixtureTimeMs } from './model-fixture.ts';
import { followed } from './rebuild-models.ts';

const quarterMs = 15 * 60_000;

export function checkAt(endedMs: number, over: Partial<CacheCheck> = {}): CacheCheck {
  return { ...cacheCheck, startedMs: endedMs - 4500, endedMs, ...over };
}

const dead: CheckedCache = {
  ...checkedCache,
  address: 'https://dead.example',
  role: 'other',
  trouble: 'timeout',
  said: 'no answer in 5 s',
  ...{ httpStatus: null, answerSec: null, lostSec: 25, priority: null, massQuery: null },
  ...{ storeDirectory: null, narinfo: null, signature: null, keys: [], bytesPerSec: null },
};

const last = checkAt(fixtureTimeMs - quarterMs / 3, {
  caches: [...cacheCheck.caches, dead],
  builders: [
    checkedBuilder,
    { ...checkedBuilder, address: 'ssh-ng://nix@arm', used: false, answerSec: 0.4 },
    {
      ...checkedBuilder,
      ...{ address: 'ssh://old', used: false, trouble: 'host-key', answerSec: null, nixVersion: null },
      ...{ trusted: null, said: 'Host key verification failed.', buildSec: null, bytesPerSec: null },
    },
  ],
});

export const cachesRaw: CachesRaw = {
  caches: ['http://nas', 'https://cache.nixos.org/', 'https://dead.example'],
  keys: ['cache.nixos.org-1', 'nas-1'],
  builders: [
    {
      ...{ address: 'ssh-ng://nix@box', systems: ['x86_64-linux'], mandatory: [], slots: 4, speedFactor: 2 },
      features: ['kvm', 'big-parallel'],
    },
    {
      ...{ address: 'ssh-ng://nix@arm', systems: ['aarch64-linux'], mandatory: ['native'], slots: 2 },
      ...{ features: ['native'], speedFactor: 1 },
    },
    {
      ...{ address: 'ssh://old', systems: ['i686-linux'], features: [], mandatory: [], slots: 1 },
      speedFactor: 1,
    },
  ],
  refused: [],
  locks: [
    { name: 'ssh-ng:__nix@box-0', held: true, waiting: 0 },
    { name: 'ssh-ng:__nix@box-2', held: true, waiting: 0 },
    { name: 'ssh-ng:__nix@box.upload-lock', held: true, waiting: 1 },
  ],
  checks: [
    checkAt(fixtureTimeMs - quarterMs * 2.33, {
      fetch: { ...cacheCheck.fetch, state: 'elsewhere', from: 'https://cache.nixos.org' },
    }),
    checkAt(fixtureTimeMs - quarterMs * 1.33),
    last,
  ],
  day: { fetches: 96, hits: 95 },
  problems: [],
};

export function peerOf(over: Partial<Peer>): Peer {
  return { ...newPeer, ...over };
}

const peers = new Map<string, Peer>([
  [
    'https://cache.nixos.org',
    peerOf({
      ...{ asked: 120, answered: 118, answersMs: [60, 80, 95], fetchedPaths: 41, fetchedBytes: 1.2e9 },
      retries: 1,
    }),
  ],
  [
    'https://dead.example',
    peerOf({
      ...{ asked: 100, unanswered: 98, lostMs: 500_000, lostUntilMs: fixtureTimeMs, retries: 392 },
      trouble: {
        text: 'unable to download: Timeout was reached (28)',
        atMs: fixtureTimeMs - 2000,
        httpStatus: null,
      },
    }),
  ],
  ['ssh-ng://nix@box', peerOf({ sentPaths: 12, sentBytes: 3e8 })],
]);

/** The rebuild of the fixture, with what it asked, and one build on another machine. */
const [first] = followed.rebuilds;
const rebuild: FollowedRebuild | undefined = first && {
  ...first,
  rebuild: { ...first.rebuild, peers, updatedMs: fixtureTimeMs - 1000 },
};

export const withCaches: Model = {
  ...followed,
  caches: cachesRaw,
  rebuilds: rebuild === undefined ? [] : [rebuild],
  builds: followed.builds.map((build) => (build.host === null ? build : { ...build, host: 'box' })),
};
