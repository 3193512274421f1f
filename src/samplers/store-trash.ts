/**
 * What an interrupted garbage collection has left behind: the next one deletes it first, without a word (NixOS/nix#4492).
 * One stat, off the main thread, and only while one collects.
 */
import { toolOfComm } from '../model/forest/nix-tools.ts';
import type { ForestRaw } from '../model/sample.ts';
import type { Files } from '../platform/ports.ts';
import type { Member } from './member.ts';
import type { SlowQueue } from './slow-queue.ts';

/** `trashDir` of src/libstore/gc.cc. */
const trash = '/nix/store/trash';
const everyMs = 5000;
const deadlineMs = 5000;

export interface StoreTrash {
  /** Undefined: nobody collects, or it has not been looked yet. */
  readonly found: ForestRaw['storeTrash'];
  update(members: ReadonlyMap<number, Member>, nowMs: number): void;
}

export function createStoreTrash(files: Files, queue: SlowQueue): StoreTrash {
  let found: ForestRaw['storeTrash'];
  let atMs = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    const owner = await files.ownerSlow(trash, { deadlineMs });
    if (owner.ok) found = { bornMs: owner.value.bornMs > 0 ? owner.value.bornMs : null };
    else if (owner.problem.kind === 'gone') found = null;
  }

  return {
    get found() {
      return found;
    },
    update(members, nowMs) {
      if (nowMs - atMs < everyMs) return;
      if (!collects(members)) {
        found = undefined;
        return;
      }
      atMs = nowMs;
      queue.add('store trash', false, look);
    },
  };
}

function collects(members: ReadonlyMap<number, Member>): boolean {
  return [...members.values()].some(({ stat, facts: { argv } }) => {
    const tool = toolOfComm(stat.comm);
    if (tool === 'nix-collect-garbage') return true;
    if (tool !== 'nix-store' && tool !== 'nix') return false;
    return Array.isArray(argv) && (argv.includes('--gc') || argv.includes('gc'));
  });
}
