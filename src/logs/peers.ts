/** Caches, builders and stores that paths come from or go to. */
import type { Peer, Rebuild } from '../model/rebuild/rebuild.ts';
import type { Draft } from './draft.ts';

export const newPeer: Peer = {
  fetchedPaths: 0,
  fetchedBytes: 0,
  sentPaths: 0,
  sentBytes: 0,
  broken: 0,
  retries: 0,
  trouble: null,
  offUntilMs: null,
  unsigned: 0,
  asked: 0,
  answered: 0,
  unanswered: 0,
  answersMs: [],
  lostMs: 0,
  lostUntilMs: null,
};

export function changePeer(draft: Draft, name: string, change: (peer: Peer) => Peer): void {
  draft.map('peers').set(name, change(draft.rebuild.peers.get(name) ?? newPeer));
}

/** `https://cache.nixos.org/nar/….nar.xz` is of the cache that is known by its beginning, else of its server. */
export function peerOfUrl(rebuild: Rebuild, url: string): string {
  const isBelow = (name: string) => url === name || url.startsWith(`${name}/`);
  for (const name of rebuild.peers.keys()) if (isBelow(name)) return name;
  for (const { peer } of rebuild.transfers.values()) if (peer !== null && isBelow(peer)) return peer;
  return serverOf(url);
}

/** `https://cache.nixos.org`; what is no address is its own. */
export function serverOf(url: string): string {
  return /^[a-z0-9+.-]+:\/\/[^/?]+/i.exec(url)?.[0] ?? url;
}

/** One name for one place: no `/` at its end, no parameters. */
export function peerName(place: string): string {
  return place.replace(/\?.*$/, '').replace(/\/+$/, '');
}
