/** Which caches are asked, and which of them is the one that is to have everything. */
import { bareAddress, sameCache } from '../../model/cache-check/cache-address.ts';
import type { CheckedCache } from '../../model/cache-check/cache-check.ts';

/** What the user has said of them. */
export interface CachesWanted {
  /** The operand, or `cache` of the settings; null: the first that Nix asks, but for that of NixOS. */
  readonly local: string | null;
  /** Empty: that of NixOS, where Nix asks it. */
  readonly upstream: readonly string[];
}

export const cacheOfNixos = 'https://cache.nixos.org';
/** Who has more does not mean them. */
const mostCaches = 24;

/** Addresses as they are asked, each once: those of Nix with what is set behind `?`. */
export function cachesToAsk(
  substituters: readonly string[],
  { local, upstream }: CachesWanted,
): readonly string[] {
  const all = [...(local === null ? [] : [local]), ...upstream];
  const named = all.filter((one) => !substituters.some((other) => sameCache(one, other)));
  const byAddress = new Map<string, string>();
  for (const one of [...named, ...substituters])
    if (!byAddress.has(bareAddress(one))) byAddress.set(bareAddress(one), one);
  return [...byAddress.values()].slice(0, mostCaches);
}

/**
 * With their roles, in the order in which Nix asks them. `before`: the local one of the run before; it stays that while
 * one does not answer, and with it its priority.
 */
export function withRoles(
  caches: readonly CheckedCache[],
  { local, upstream }: CachesWanted,
  before: string | null,
): readonly CheckedCache[] {
  const isUpstream = ({ address }: CheckedCache) =>
    upstream.length === 0
      ? sameCache(address, cacheOfNixos)
      : upstream.some((one) => sameCache(one, address));
  const sorted = caches.toSorted((a, b) => (rank(a) === rank(b) ? 0 : rank(a) - rank(b)));
  const isOwn = (one: CheckedCache) => !isUpstream(one) && !sameCache(one.address, cacheOfNixos);
  const address = local ?? usualLocal(sorted.filter(isOwn), caches.filter(isOwn), before);
  return sorted.map((cache) => ({
    ...cache,
    role:
      address !== null && sameCache(cache.address, address)
        ? 'local'
        : isUpstream(cache)
          ? 'upstream'
          : 'other',
  }));
}

/** One that says nothing of it is before all others; of one that says nothing at all it is not known. */
function rank({ priority, trouble }: CheckedCache): number {
  return priority ?? (trouble === null ? 0 : Number.POSITIVE_INFINITY);
}

/** Where one is silent that may be the first, the order in which Nix has them stands for their priorities. */
function usualLocal(
  sorted: readonly CheckedCache[],
  named: readonly CheckedCache[],
  before: string | null,
): string | null {
  const isSilent = named.some(({ priority, trouble }) => priority === null && trouble !== null);
  if (!isSilent) return sorted[0]?.address ?? null;
  const same = named.find(({ address }) => before !== null && sameCache(address, before));
  return (same ?? named[0])?.address ?? null;
}
