/**
 * Names of builds for those who may not read environments: a build directory before Nix 2.32 carries its
 * derivation's name and belongs to the build user. Looked at only while an unnamed build runs.
 */

import {
  buildDirectoryPlaces,
  derivationOfSandboxRoot,
  nameOfBuildDirectory,
} from '../model/nix-store/store-path.ts';
import type { ForestRaw, ProcessFacts } from '../model/sample.ts';
import type { Files } from '../platform/ports.ts';
import type { Accounts } from './accounts.ts';
import type { Member } from './member.ts';
import type { SlowQueue } from './slow-queue.ts';

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
        if (name === null) continue;
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
        ({ uid, facts }) =>
          uid !== null &&
          accounts.isBuildUid(uid) &&
          isOutsideSandbox(facts.rootMount) &&
          isDenied(facts.environment),
      );
      if (!unnamed) return;
      atMs = nowMs;
      queue.add('build directories', false, look);
    },
  };
}

function isOutsideSandbox(rootMount: ProcessFacts['rootMount']): boolean {
  return typeof rootMount === 'string' && derivationOfSandboxRoot(rootMount) === null;
}

function isDenied(fact: object | undefined): boolean {
  return fact !== undefined && 'kind' in fact;
}
