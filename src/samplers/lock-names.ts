/**
 * Which file a lock is on, and who would like to have it: for who may read all processes, from the descriptors
 * and temporary roots of those that have the store open. Nix does not block on an output lock, it asks again
 * every 5 s, so a waiter shows in its temporary roots and not in /proc/locks.
 */

import type { Result } from '../base/problem.ts';
import { toolOfComm } from '../model/forest/nix-tools.ts';
import { nameOfStorePath } from '../model/nix-store/store-path.ts';
import type { LockRaw, ProcessFacts } from '../model/sample.ts';
import type { Files } from '../platform/ports.ts';
import type { Member } from './member.ts';
import { type OpenFiles, readOpenFiles, readTempRoots } from './process-facts.ts';

export interface LockNames {
  /** `maj:min:inode` to path; the same object while unchanged. */
  readonly paths: Readonly<Record<string, string>>;
  /** Looks at those whose locks have changed; resolves when their facts are there, to whether none was left out. */
  update(members: ReadonlyMap<number, Member>, locks: readonly LockRaw[], nowMs: number): Promise<boolean>;
}

/** How often a process is asked again that waits for something, or that may have opened a log since. */
const againMs = 3000;
/** A worker may hold hundreds of output locks while it waits for a build user. */
const pathsPerLook = 64;

interface Look {
  readonly signature: string;
  readonly atMs: number;
  /** Its locks were the same at the look before: then its logs have been seen, too. */
  readonly sameAsBefore: boolean;
}

export function createLockNames(files: Files): LockNames {
  let looks = new Map<string, Look>();
  let paths: Readonly<Record<string, string>> = {};

  /** Store paths whose output lock is held, by this process or by all others. */
  function locked(locks: readonly LockRaw[], wanted: (pid: number) => boolean): string[] {
    const found = new Set<string>();
    for (const { pid, waiting, file } of locks) {
      const path = waiting || !wanted(pid) ? undefined : outputOf(paths[file]);
      if (path != null) found.add(path);
    }
    return [...found];
  }

  /** Names the locks that a process holds or waits for. */
  async function nameLocks({ pid }: Member, locks: readonly LockRaw[]): Promise<Result<OpenFiles>> {
    const open = await readOpenFiles(files, pid, new Set(Object.values(paths)));
    if (!open.ok) return open;
    const named: Record<string, string> = {};
    for (const lock of locks) {
      const path = open.value.lockFiles.get(lock.file.slice(lock.file.lastIndexOf(':') + 1));
      if (lock.pid === pid && path !== undefined) named[lock.file] = path;
    }
    if (Object.keys(named).length > 0) paths = { ...paths, ...named };
    return open;
  }

  /** What it writes, and what it waits for: tells only once all locks have their names. */
  async function lookFor(
    { pid }: Member,
    open: Result<OpenFiles>,
    locks: readonly LockRaw[],
  ): Promise<ProcessFacts> {
    if (!open.ok) return { openLogs: open.problem, tempRoots: open.problem, writing: open.problem };
    const { logs, tempRootsFile } = open.value;
    const writing: string[] = [];
    for (const path of locked(locks, (holder) => holder === pid).slice(0, pathsPerLook)) {
      if ((await files.ownerSlow(path)).ok) writing.push(path);
    }
    const others = new Set(locked(locks, (holder) => holder !== pid));
    const roots =
      others.size === 0 || tempRootsFile === null ? [] : await readTempRoots(files, tempRootsFile);
    const tempRoots = 'kind' in roots ? roots : [...new Set(roots.filter((root) => others.has(root)))];
    return { openLogs: logs, tempRoots, writing };
  }

  /** Something may have changed that its locks do not show. */
  function isOpen({ facts }: Member, own: readonly LockRaw[], locks: readonly LockRaw[]): boolean {
    const wants = locked(locks, (pid) => pid !== own[0]?.pid).length > 0;
    const written = Array.isArray(facts.writing) ? facts.writing.length : 0;
    const logged = Array.isArray(facts.openLogs) ? facts.openLogs.length : 0;
    return wants || locked(own, () => true).length > logged || written > 0;
  }

  return {
    get paths() {
      return paths;
    },
    async update(members, locks, nowMs) {
      const present = new Set(locks.map((lock) => lock.file));
      if (Object.keys(paths).some((file) => !present.has(file))) {
        paths = Object.fromEntries(Object.entries(paths).filter(([file]) => present.has(file)));
      }
      const next = new Map<string, Look>();
      const changed: Member[] = [];
      for (const [pid, own] of Map.groupBy(locks, (lock) => lock.pid)) {
        const member = members.get(pid);
        if (member === undefined || toolOfComm(member.stat.comm) === null) continue;
        const signature = own.map((lock) => `${lock.file}${lock.waiting ? '?' : ''}`).join();
        const before = looks.get(member.key);
        const sameAsBefore = before?.signature === signature;
        const due = before === undefined || nowMs - before.atMs >= againMs;
        const needed = !sameAsBefore || (due && (!before.sameAsBefore || isOpen(member, own, locks)));
        next.set(
          member.key,
          needed || before === undefined ? { signature, atMs: nowMs, sameAsBefore } : before,
        );
        if (needed) changed.push(member);
      }
      looks = next;
      const opened: [Member, Result<OpenFiles>][] = [];
      for (const member of changed) opened.push([member, await nameLocks(member, locks)]);
      for (const [member, open] of opened) {
        const facts = await lookFor(member, open, locks);
        member.facts = { ...member.facts, ...facts };
      }
      return true;
    },
  };
}

/** The store path of an output lock, `/nix/store/<hash>-<name>.lock`; null for other locks and derivations. */
function outputOf(lockPath: string | undefined): string | null {
  if (lockPath === undefined || !lockPath.endsWith('.lock') || lockPath.endsWith('.drv.lock')) return null;
  const path = lockPath.slice(0, -'.lock'.length);
  return nameOfStorePath(path) === null ? null : path;
}
