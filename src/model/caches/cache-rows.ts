/**
 * Caches: those of the settings, and those that followed rebuilds have asked, each with what the logs say of it and what the
 * last check found.
 */
import { bareAddress } from '../cache-check/cache-address.ts';
import type { CacheTrouble, CheckedCache } from '../cache-check/cache-check.ts';
import type { Model } from '../model.ts';
import { answerSec } from '../rebuild/answer-time.ts';
import type { FollowedRebuild } from '../rebuild/followed.ts';
import type { Peer } from '../rebuild/rebuild.ts';
import { checkHoldsMs } from './caches-raw.ts';

/**
 * By what is newest of it, logs or check. `answers`, and `partly`: some questions to it had no answer. `silent`: none had
 * one. `off`: Nix asks it nothing for a while. Else what the check found; `unknown`: nobody asked it within a day.
 */
export type CacheState = 'answers' | 'partly' | 'silent' | 'off' | 'unknown' | CacheTrouble;

export interface CacheRow {
  /** `https://cache.nixos.org`: without parameters, and without `/` at its end. */
  readonly address: string;
  readonly state: CacheState;
  /** In nix.conf; null: that was not read. Others are of a client's own settings. */
  readonly configured: boolean | null;
  /** By rebuilds whose logs are followed, of all together; null: none is, or it has not asked any cache. */
  readonly asked: Asked | null;
  readonly checked: CheckedCache | null;
  /** Unix ms of that check. */
  readonly checkedMs: number | null;
}

export interface Asked {
  /** Questions, whether it has a path: how many, and how they ended so far. */
  readonly asked: number;
  readonly answered: number;
  readonly unanswered: number;
  /** Median of the last answers; null: there was none. */
  readonly answerSec: number | null;
  /** In which it was waited for in vain, and nothing was built. */
  readonly lostSec: number;
  readonly retries: number;
  readonly fetchedPaths: number;
  readonly fetchedBytes: number;
  /** Paths that it has and nobody trusted has signed. */
  readonly unsigned: number;
  /** What went wrong with it last; null: nothing. */
  readonly said: string | null;
  readonly httpStatus: number | null;
  /** Unix ms until which Nix asks it nothing; null: it asks. */
  readonly offUntilMs: number | null;
  /** Unix ms of the last word of a rebuild that asks it. */
  readonly heardMs: number;
}

/** A made-up log may name as many as it likes. */
const mostRows = 64;

export function cacheRows(model: Pick<Model, 'caches' | 'rebuilds' | 'timeMs'>): readonly CacheRow[] {
  const { caches, rebuilds, timeMs } = model;
  const names = caches?.caches?.map(bareAddress) ?? null;
  const check = caches?.checks.at(-1) ?? null;
  const checked = new Map(check?.caches.map((one) => [bareAddress(one.address), one] as const));
  const asked = askedCaches(rebuilds);
  const all = new Set([...(names ?? []), ...asked.keys(), ...checked.keys()]);
  return [...all].slice(0, mostRows).map((address): CacheRow => {
    const found = checked.get(address) ?? null;
    const row = {
      address,
      configured: names === null ? null : names.includes(address),
      asked: asked.get(address) ?? (asked.size === 0 ? null : unasked),
      checked: found,
      checkedMs: found === null ? null : (check?.endedMs ?? null),
    };
    return { ...row, state: stateOf(row, timeMs) };
  });
}

const unasked: Asked = {
  ...{ asked: 0, answered: 0, unanswered: 0, answerSec: null, lostSec: 0, retries: 0 },
  ...{ fetchedPaths: 0, fetchedBytes: 0, unsigned: 0, said: null, httpStatus: null, offUntilMs: null },
  heardMs: 0,
};

function askedCaches(rebuilds: readonly FollowedRebuild[]): ReadonlyMap<string, Asked> {
  const peers = new Map<string, { readonly peer: Peer; readonly heardMs: number }[]>();
  for (const { rebuild } of rebuilds) {
    for (const [place, peer] of rebuild.peers) {
      if (!isCache(place, peer)) continue;
      const name = bareAddress(place);
      const own = peers.get(name) ?? [];
      peers.set(name, own);
      own.push({ peer, heardMs: rebuild.updatedMs });
    }
  }
  return new Map([...peers].map(([name, own]) => [name, together(own)] as const));
}

/** Builders and other stores are peers, too: of ssh one that was asked is a cache. */
function isCache(place: string, { asked, fetchedPaths, unanswered, retries, unsigned }: Peer): boolean {
  if (/^ssh(?:-ng)?:\/\//.test(place)) return asked > 0;
  return /^[a-z0-9+.-]+:\/\//i.test(place) && asked + fetchedPaths + unanswered + retries + unsigned > 0;
}

function together(own: readonly { readonly peer: Peer; readonly heardMs: number }[]): Asked {
  const sum = (of: (peer: Peer) => number) => own.reduce((all, { peer }) => all + of(peer), 0);
  const trouble = own
    .flatMap(({ peer }) => peer.trouble ?? [])
    .reduce<Peer['trouble']>((last, one) => (last === null || one.atMs >= last.atMs ? one : last), null);
  const offUntilMs = Math.max(0, ...own.map(({ peer }) => peer.offUntilMs ?? 0));
  return {
    asked: sum(({ asked }) => asked),
    answered: sum(({ answered }) => answered),
    unanswered: sum(({ unanswered }) => unanswered),
    answerSec: answerSec({ answersMs: own.flatMap(({ peer }) => peer.answersMs) }),
    lostSec: sum(({ lostMs }) => lostMs) / 1000,
    retries: sum(({ retries }) => retries),
    fetchedPaths: sum(({ fetchedPaths }) => fetchedPaths),
    fetchedBytes: sum(({ fetchedBytes }) => fetchedBytes),
    unsigned: sum(({ unsigned }) => unsigned),
    said: trouble?.text ?? null,
    httpStatus: trouble?.httpStatus ?? null,
    offUntilMs: offUntilMs === 0 ? null : offUntilMs,
    heardMs: Math.max(...own.map(({ heardMs }) => heardMs)),
  };
}

function stateOf({ asked, checked, checkedMs }: Omit<CacheRow, 'state'>, nowMs: number): CacheState {
  const byLogs = asked === null ? null : stateByLogs(asked, nowMs);
  const isOld = nowMs - (checkedMs ?? 0) > checkHoldsMs;
  const byCheck = checked === null || isOld ? null : (checked.trouble ?? 'answers');
  const logsAreNewer = (asked?.heardMs ?? 0) >= (checkedMs ?? 0);
  return (logsAreNewer ? (byLogs ?? byCheck) : (byCheck ?? byLogs)) ?? 'unknown';
}

/** Null: they say nothing of it. */
function stateByLogs(asked: Asked, nowMs: number): CacheState | null {
  const { answered, unanswered, fetchedPaths, offUntilMs } = asked;
  if (offUntilMs !== null && offUntilMs > nowMs) return 'off';
  const served = answered + fetchedPaths > 0;
  if (unanswered > 0) return served ? 'partly' : 'silent';
  return served ? 'answers' : null;
}
