/**
 * One run of check-cache as metrics. The names that are known from nix-build-cache-check, so that dashboards and alerts
 * made for it go on working, and beside them seconds, bytes and reasons. What was not tested is not there.
 */
import { builderHost } from '../../model/cache-check/builder-host.ts';
import type { CacheCheck, CheckedBuilder, CheckedCache } from '../../model/cache-check/cache-check.ts';
import { hasCacheInfo, isUsable, signatureHolds } from '../../model/cache-check/judged.ts';
import { isStorePath, nameOfPath } from '../../model/nix-store/store-path.ts';
import type { Labels, MetricFamily, MetricSample } from './metrics-text.ts';

export interface CacheCheckMetric {
  readonly name: string;
  readonly help: string;
  /** What it has as labels, for the documentation. */
  readonly labels: readonly string[];
  readonly samples: (check: CacheCheck) => readonly MetricSample[];
}

export function cacheCheckMetrics(check: CacheCheck): readonly MetricFamily[] {
  return cacheCheckRows.map(({ name, help, samples }) => ({
    ...{ name, help, type: 'gauge' as const },
    samples: once(samples(check)),
  }));
}

/** Two addresses may be of one machine: a series that is told twice breaks the scrape. */
function once(samples: readonly MetricSample[]): readonly MetricSample[] {
  const seen = new Map(
    samples.toReversed().map((sample) => [JSON.stringify(sample.labels), sample] as const),
  );
  return [...seen.values()].toReversed();
}

type Value = number | boolean | null;

function one(value: Value, labels: Labels = {}): readonly MetricSample[] {
  return value === null ? [] : [{ labels, value: Number(value) }];
}

/** Of a run as a whole. */
function ofCheck(name: string, help: string, value: (check: CacheCheck) => Value): CacheCheckMetric {
  return { name, help, labels: [], samples: (check) => one(value(check)) };
}

function ofCaches(name: string, help: string, value: (cache: CheckedCache) => Value): CacheCheckMetric {
  return {
    ...{ name, help, labels: ['cache', 'role'] },
    samples: ({ caches }) =>
      caches.flatMap((cache) => one(value(cache), { cache: cache.address, role: cache.role })),
  };
}

function ofBuilders(name: string, help: string, value: (builder: CheckedBuilder) => Value): CacheCheckMetric {
  return {
    ...{ name, help, labels: ['builder'] },
    samples: ({ builders }) =>
      builders.flatMap((builder) => one(value(builder), { builder: builderHost(builder.address) })),
  };
}

/** `nixpkgs#hello` is `hello`, a path is called by its name. */
function packageName(installable: string): string {
  if (isStorePath(installable)) return nameOfPath(installable);
  return installable.split('#').at(-1) ?? installable;
}

/** 1, 0, or null where nothing is known of it. */
function distributed({ build }: CacheCheck): number | null {
  if (build.state === 'untested') return null;
  return build.state === 'unconfigured' ? -1 : Number(build.state === 'built');
}

/** Where no cache is the local one there is nothing to hit. */
function localHit({ fetch, caches }: CacheCheck): boolean | null {
  if (fetch.state === 'untested' || !caches.some(({ role }) => role === 'local')) return null;
  return fetch.state === 'hit';
}

function accessible({ caches }: CacheCheck, role: CheckedCache['role']): boolean | null {
  const those = caches.filter((cache) => cache.role === role);
  return those.length === 0 ? null : those.every(hasCacheInfo);
}

export const cacheCheckRows: readonly CacheCheckMetric[] = [
  ofCheck(
    'nix_build_cache_check_timestamp',
    'When the last check ended, unix seconds.',
    ({ endedMs }) => endedMs / 1000,
  ),
  ofCheck(
    'nix_distributed_build_success',
    'A derivation that nobody could have was built by a builder: 1; 0: it was not; -1: no builders are configured.',
    distributed,
  ),
  {
    name: 'nix_builder_used',
    help: 'The builder that took it. Always 1, of those that were used.',
    labels: ['builder'],
    samples: ({ builders }) =>
      builders.flatMap(({ used, address }) => (used ? one(1, { builder: builderHost(address) }) : [])),
  },
  ofCheck(
    'nix_local_cache_hit',
    'A package that was not in the store came from the local cache: 1; 0: from another, or from none; absent without one.',
    localHit,
  ),
  ofCheck('nix_upstream_cache_accessible', 'Every upstream cache answers with its nix-cache-info.', (check) =>
    accessible(check, 'upstream'),
  ),
  ofCheck('nix_cache_info_accessible', 'The local cache answers with its nix-cache-info.', (check) =>
    accessible(check, 'local'),
  ),
  {
    name: 'nix_test_package_info',
    help: 'The package that was fetched. Always 1.',
    labels: ['package'],
    samples: ({ fetch }) => (fetch.package === null ? [] : one(1, { package: packageName(fetch.package) })),
  },

  ofCheck(
    'nix_cache_check_duration_seconds',
    'How long the check took.',
    ({ startedMs, endedMs }) => Math.max(0, endedMs - startedMs) / 1000,
  ),
  ofCheck(
    'nix_cache_check_cut',
    'It was ended before its end; what was not done is not told.',
    ({ cut }) => cut,
  ),
  ofCheck(
    'nix_cache_check_left_paths',
    'Paths that the check brought into the store and could not remove again.',
    ({ fetch }) => fetch.fetched - fetch.removed,
  ),
  ofCaches('nix_cache_usable', 'Nix can take paths from it.', isUsable),
  {
    name: 'nix_cache_trouble',
    help: 'Why it cannot. Always 1, of the present reason.',
    labels: ['cache', 'role', 'trouble'],
    samples: ({ caches }) =>
      caches.flatMap(({ address, role, trouble }) =>
        trouble === null ? [] : one(1, { cache: address, role, trouble }),
      ),
  },
  ofCaches(
    'nix_cache_answer_seconds',
    'Until it answered for its nix-cache-info; absent when it did not.',
    ({ answerSec }) => answerSec,
  ),
  ofCaches(
    'nix_cache_lost_seconds',
    'How long it was waited for in vain; Nix waits so for each path.',
    ({ lostSec }) => lostSec,
  ),
  ofCaches(
    'nix_cache_bytes_per_second',
    'Speed at which a part of an archive came; absent when it had none that is large enough.',
    ({ bytesPerSec }) => bytesPerSec,
  ),
  ofCaches('nix_cache_priority', 'Its priority: the lowest is asked first.', ({ priority }) => priority),
  ofCaches(
    'nix_cache_signature_valid',
    'The signature of a path that it has is by a trusted key, and holds; absent when none was seen.',
    signatureHolds,
  ),
  {
    name: 'nix_cache_fetch_state',
    help: 'What became of the package that was fetched: hit, elsewhere, missing, failed, untested. Always 1.',
    labels: ['state'],
    samples: ({ fetch }) => one(1, { state: fetch.state }),
  },
  ofCheck('nix_cache_fetch_duration_seconds', 'How long fetching it took.', ({ fetch }) => fetch.sec),
  ofCheck('nix_cache_fetch_bytes', 'How much came for it, compressed.', ({ fetch }) => fetch.bytes),
  ofCheck(
    'nix_distributed_build_duration_seconds',
    'How long the derivation that nobody could have took, copying counted in.',
    ({ build }) => build.sec,
  ),
  ofBuilders(
    'nix_builder_usable',
    'Nothing is known that keeps it from building.',
    ({ trouble }) => trouble === null,
  ),
  {
    name: 'nix_builder_trouble',
    help: 'Why it does not build. Always 1, of the present reason.',
    labels: ['builder', 'trouble'],
    samples: ({ builders }) =>
      builders.flatMap(({ address, trouble }) =>
        trouble === null ? [] : one(1, { builder: builderHost(address), trouble }),
      ),
  },
  ofBuilders(
    'nix_builder_answer_seconds',
    'Until its store answered; absent when it did not.',
    ({ answerSec }) => answerSec,
  ),
  ofBuilders(
    'nix_builder_build_duration_seconds',
    'How long a small build of its own took, copying counted in.',
    ({ buildSec }) => buildSec,
  ),
  ofBuilders(
    'nix_builder_bytes_per_second',
    'Speed at which its result was copied back.',
    ({ bytesPerSec }) => bytesPerSec,
  ),
  ofBuilders('nix_builder_slots', 'Jobs that it takes at most.', ({ slots }) => slots),
  ofBuilders('nix_builder_busy_slots', 'Of them in use by this machine.', ({ slotsBusy }) => slotsBusy),
  ofBuilders('nix_builder_waiting', 'Builds that wait to upload to it.', ({ waiting }) => waiting),
  ofCheck(
    'nix_cache_proxy_disk_bytes',
    'What the cache of a proxy takes on the disk; absent when none is configured.',
    ({ proxyDisk }) => proxyDisk?.usedBytes ?? null,
  ),
  ofCheck('nix_cache_proxy_disk_files', 'Files in it.', ({ proxyDisk }) => proxyDisk?.files ?? null),
  ofCheck(
    'nix_cache_proxy_disk_available_bytes',
    'What its file system has left.',
    ({ proxyDisk }) => proxyDisk?.availableBytes ?? null,
  ),
];
