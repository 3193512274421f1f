/**
 * Build directories, for those who may not read environments: each belongs to its build user, and before Nix 2.32
 * it carries its derivation's name. Looked at only while an unnamed build runs.
 */

import {
  buildDirectoryPlaces,
  derivationOfSandboxRoot,
  nameOfBuildDirectory,
} from '../model/nix-store/store-path.ts';
import type { ForestRaw } from '../model/sample.ts';
import type { Files } from '../platform/ports.ts';
import type { Accounts } from './accounts.ts';
import type { Member } from './member.ts';
import type { SlowQueue } from './slow-queue.ts';

/** Since Nix 2.32: the pid of who builds, and a number. */
const nameless = /^nix-\d+-\d+$/;
const everyMs = 2000;

export interface BuildDirectories {
  readonly found: ForestRaw['buildDirectories'];
  update(members: ReadonlyMap<number, Member>, accounts: Accounts, nowMs: number): void;
}

export function createBuildDirectories(files: Files, queue: SlowQueue): BuildDirectories {
  let found: ForestRaw['buildDirectories'] = [];
  let atMs = Number.NEGATIVE_INFINITY;

  async function look(): Promise<void> {
    const next: ForestRaw['buildDirectories'][number][] = [];
    for (const place of buildDirectoryPlaces) {
      const names = await files.listSlow(place);
      if (!names.ok) continue;
      for (const fileName of names.value) {
        const name = nameOfBuildDirectory(fileName);
        if (name === null && !nameless.test(fileName)) continue;
        const path = `${place}/${fileName}`;
        // The same name may be another user's by now.
        const owner = await files.ownerSlow(path);
        if (!owner.ok) continue;
        const { uid, changedMs } = owner.value;
        next.push({ uid, name, path, changedMs });
      }
    }
    found = next;
  }

  return {
    get found() {
      return found;
    },
    update(members, accounts, nowMs) {
      if (nowMs - atMs < everyMs) return;
      const unnamed = [...members.values()].some(
        (member) => member.uid !== null && accounts.isBuildUid(member.uid) && isUnnamed(member),
      );
      if (!unnamed) return;
      atMs = nowMs;
      queue.add('build directories', false, look);
    },
  };
}

/** A builder outside of a sandbox whose environment is not ours to read. */
export function isUnnamed({ facts: { rootMount, environment } }: Member): boolean {
  if (typeof rootMount !== 'string' || derivationOfSandboxRoot(rootMount) !== null) return false;
  return environment !== undefined && 'kind' in environment;
}
