/**
 * Which slots of builders are taken: Nix holds a lock on a file of `current-load` for each (src/build-remote/build-remote.cc).
 * Who holds it is in /proc/locks, which is read only where such files are.
 */
import { type Problem, problem } from '../base/problem.ts';
import type { BuilderLock } from '../model/caches/caches-raw.ts';
import type { LockRaw } from '../model/sample.ts';
import { isLockOn, parseLocks } from '../parse/locks.ts';
import type { FileOwner, Files } from '../platform/ports.ts';

export interface BuilderLocks {
  /** `mayHold`: Nix is at work. A Problem: it cannot be seen. */
  read(mayHold: boolean): Promise<readonly BuilderLock[] | Problem>;
}

const directory = '/nix/var/nix/current-load';
/** As many as there are slots; Nix leaves the files of all builders that it ever had. */
const mostFiles = 512;
const maxBytes = 4 << 20;
const deadlineMs = 2000;

export function createBuilderLocks(files: Files): BuilderLocks {
  let seen = '';
  let owners: readonly { readonly name: string; readonly owner: FileOwner }[] = [];

  /** Null: none is there. Files are made and never removed, so its time of change tells of new ones. */
  async function look(): Promise<Problem | null> {
    const at = await files.ownerSlow(directory, { follow: true });
    if (!at.ok) {
      owners = [];
      seen = '';
      return at.problem.kind === 'gone' ? null : at.problem;
    }
    const now = `${at.value.inode} ${at.value.mtimeMs} ${at.value.changedMs}`;
    if (now === seen) return null;
    const names = await files.listSlow(directory);
    if (!names.ok) return names.problem;
    // The lock that is held while one is chosen tells nothing of any of them.
    const wanted = names.value.filter((name) => name !== 'main-lock').slice(0, mostFiles);
    const found: { name: string; owner: FileOwner }[] = [];
    for (const name of wanted) {
      const owner = await files.ownerSlow(`${directory}/${name}`);
      if (owner.ok) found.push({ name, owner: owner.value });
      else if (owner.problem.kind !== 'gone') return owner.problem;
    }
    owners = found;
    seen = now;
    return null;
  }

  return {
    async read(mayHold) {
      const failed = await look();
      if (failed !== null) return failed;
      if (owners.length === 0 || !mayHold) return [];
      if (!files.live) return problem('unsupported', '/proc/locks', 'of another machine');
      const text = await files.readSlow('/proc/locks', { maxBytes, deadlineMs });
      if (!text.ok) return text.problem;
      const locks = parseLocks(text.value).filter(({ kind }) => kind === 'FLOCK');
      return owners.flatMap(({ name, owner }) => lockOf(name, owner, locks) ?? []);
    },
  };
}

function lockOf(name: string, owner: FileOwner, locks: readonly LockRaw[]): BuilderLock | null {
  const own = locks.filter(({ file }) => isLockOn(file, owner));
  if (own.length === 0) return null;
  const waiting = own.filter((lock) => lock.waiting).length;
  return { name, held: waiting < own.length, waiting };
}
