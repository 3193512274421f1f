/**
 * Which file a lock is on, and who would like to have it: as root, from the descriptors and temporary
 * roots of the processes that have the store open. Nix does not block on an output lock, it asks again
 * every 5 s, so a waiter shows in its temporary roots and not in /proc/locks.
 */
import { toolOfComm } from '../model/nix-tools.ts';
import type { LockRaw } from '../model/sample.ts';
import type { Files } from '../platform/ports.ts';
import { readOpenFiles, readTempRoots } from './process-facts.ts';
import type { Member } from './process-table.ts';
import type { SlowQueue } from './slow-queue.ts';

export interface LockNames {
  /** `maj:min:inode` to path; the same object while unchanged. */
  readonly paths: Readonly<Record<string, string>>;
  update(members: ReadonlyMap<number, Member>, locks: readonly LockRaw[], nowMs: number): void;
}

/** How often a process without an output lock is asked again what it wants. */
const wantsEveryMs = 3000;

interface Seen {
  signature: string;
  atMs: number;
}

export function createLockNames(files: Files, queue: SlowQueue): LockNames {
  const seen = new Map<string, Seen>();
  let paths: Readonly<Record<string, string>> = {};

  function inspect(member: Member, locks: readonly LockRaw[]): void {
    queue.add(`${member.key}:locks`, true, async () => {
      const open = await readOpenFiles(files, member.pid);
      if (!open.ok) {
        member.facts = { ...member.facts, openLogs: open.problem, tempRoots: open.problem };
        return;
      }
      const { logs, lockFiles, tempRootsFile } = open.value;
      const named = { ...paths };
      for (const lock of locks) {
        const path = lockFiles.get(lock.file.slice(lock.file.lastIndexOf(':') + 1));
        if (lock.pid === member.pid && path !== undefined) named[lock.file] = path;
      }
      paths = named;
      const roots = tempRootsFile === null ? [] : await readTempRoots(files, tempRootsFile);
      const locked = new Set(Object.values(paths));
      const tempRoots =
        'kind' in roots ? roots : [...new Set(roots.filter((root) => locked.has(`${root}.lock`)))];
      member.facts = { ...member.facts, openLogs: logs, tempRoots };
    });
  }

  return {
    get paths() {
      return paths;
    },
    update(members, locks, nowMs) {
      const byPid = Map.groupBy(locks, (lock) => lock.pid);
      const files = new Set(locks.map((lock) => lock.file));
      if (Object.keys(paths).some((file) => !files.has(file))) {
        paths = Object.fromEntries(Object.entries(paths).filter(([file]) => files.has(file)));
      }
      for (const [pid, own] of byPid) {
        const member = members.get(pid);
        if (member === undefined || toolOfComm(member.stat.comm) === null) continue;
        const signature = own.map((lock) => lock.file + lock.mode + lock.waiting).join();
        const before = seen.get(member.key);
        const due = before === undefined || nowMs - before.atMs >= wantsEveryMs;
        if (before?.signature === signature && !due) continue;
        seen.set(member.key, { signature, atMs: nowMs });
        inspect(member, own);
      }
      if (seen.size > 2 * members.size + 16) seen.clear();
    },
  };
}
