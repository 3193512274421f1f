/** Nix on the target: caches, clock, trust, and a collection that can reach its goal. */
import type { CheckItem } from '../../model/advice/check.ts';
import type { Target } from '../../model/advice/deploy-target.ts';
import { upperRoom } from './memory.ts';
import { wayOf } from './way.ts';

/** Of a certificate's validity, and of what a log of two machines can still be compared by. */
const clockWarnSec = 300;
const clockFailSec = 86_400;

/** A closure can be copied from here without them, so none is no failure. Null: it has neither curl nor wget. */
export function networkItem({ caches }: Target): CheckItem | null {
  if (caches.length === 0) return null;
  const answers = caches.filter(({ httpStatus }) => httpStatus !== null && httpStatus < 500);
  return {
    id: 'target-network',
    subject: null,
    state: answers.length < caches.length ? 'warning' : 'ok',
    found: { kind: 'target-network', caches },
  };
}

export function clockItem(aheadSec: number): CheckItem {
  const off = Math.abs(aheadSec);
  return {
    id: 'target-clock',
    subject: null,
    state: off > clockFailSec ? 'failed' : off > clockWarnSec ? 'warning' : 'ok',
    found: { kind: 'target-clock', aheadSec },
  };
}

/**
 * Nix, `src/libstore/daemon.cc`: paths without a trusted signature are taken from trusted users only. nixos-anywhere
 * copies as root.
 */
export function trustItem(target: Target): CheckItem | null {
  const { account, nix } = target;
  if (account === null || wayOf(target) !== 'switch') return null;
  const names = nix?.trustedUsers ?? null;
  if (account.uid !== 0 && names === null) return null;
  const mine = ['*', account.name, ...account.groups.map((group) => `@${group}`)];
  const trusted = account.uid === 0 || names?.some((name) => mine.includes(name)) === true;
  return {
    id: 'target-trust',
    subject: account.name,
    state: trusted ? 'ok' : 'failed',
    found: { kind: 'target-trust', user: account.name, trusted },
  };
}

/**
 * Nix collects when less than `min-free` is free, until `max-free` is. A goal beyond what the file system has is never
 * reached: it collects again with each path (nixos-anywhere#402). statvfs of an overlay is that of its upper layer.
 */
export function minFreeItem(target: Target): CheckItem | null {
  const { nix, rooms } = target;
  const upper = upperRoom(target);
  const room = upper ?? rooms.find(({ path }) => path === '/nix/store') ?? null;
  const minFreeBytes = nix?.minFreeBytes ?? null;
  if (nix === null || room === null || minFreeBytes === null || wayOf(target) === 'kexec') return null;
  const { maxFreeBytes } = nix;
  const { freeBytes, totalBytes } = room;
  const isOut = minFreeBytes >= totalBytes;
  const begins = freeBytes < minFreeBytes;
  return {
    id: 'target-min-free',
    subject: room.mountPoint,
    state: minFreeBytes === 0 ? 'ok' : isOut ? 'failed' : begins ? 'warning' : 'ok',
    found: {
      kind: 'target-min-free',
      ...{ minFreeBytes, maxFreeBytes, freeBytes, totalBytes },
      inMemory: upper !== null,
    },
  };
}
