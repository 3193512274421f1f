/**
 * Locks of the forest. The kernel stops all of the machine's locking while it prints /proc/locks, which
 * takes it some 15 ms: the file is read off the main thread, seldom, and only while somebody may hold one.
 */
import { toolOfComm } from '../model/forest/nix-tools.ts';
import type { ForestRaw, LockRaw } from '../model/sample.ts';
import { parseLocks } from '../parse/locks.ts';
import type { Files } from '../platform/ports.ts';
import { createLockNames } from './lock-names.ts';
import type { Member } from './member.ts';
import { createOutputLocks } from './output-locks.ts';
import type { SlowQueue } from './slow-queue.ts';

export interface ForestLocks {
  /** Held or waited for by a process of the forest, with who else wants the same file. */
  readonly held: readonly LockRaw[];
  /** `maj:min:inode` to path, as far as we may resolve them. */
  readonly paths: Readonly<Record<string, string>>;
  /** What the locked outputs are of, where descriptors are not ours to read. */
  readonly outputs: ForestRaw['lockedOutputs'];
  /** Monotonic ms of the last reading of which all names that can be found are; null before. */
  readonly namedAtMs: number | null;
  update(members: ReadonlyMap<number, Member>, nowMs: number): void;
}

const everyMs = 2000;
const maxBytes = 4 << 20;
const deadlineMs = 2000;

/** `named`: whether we may read all processes, and so their descriptors. */
export function createForestLocks(files: Files, queue: SlowQueue, named: boolean): ForestLocks {
  const outputs = named ? null : createOutputLocks(files);
  const names = outputs ?? createLockNames(files);
  let held: readonly LockRaw[] = [];
  let namedAtMs: number | null = null;
  let atMs = Number.NEGATIVE_INFINITY;

  async function read(members: ReadonlyMap<number, Member>, nowMs: number): Promise<void> {
    const text = await files.readSlow('/proc/locks', { maxBytes, deadlineMs });
    if (!text.ok) return;
    // Nix locks whole files with flock(2); the others are its database's, which come and go at each query.
    const all = parseLocks(text.value).filter((lock) => lock.kind === 'FLOCK');
    const ours = new Set<string>();
    for (const lock of all) if (members.has(lock.pid)) ours.add(lock.file);
    held = all.filter((lock) => ours.has(lock.file));
    if (await names.update(members, held, nowMs)) namedAtMs = nowMs;
  }

  return {
    get held() {
      return held;
    },
    get paths() {
      return names.paths;
    },
    get outputs() {
      return outputs?.outputs;
    },
    get namedAtMs() {
      return namedAtMs;
    },
    update(members, nowMs) {
      if (nowMs - atMs < everyMs) return;
      if (mayLock(members)) {
        atMs = nowMs;
        queue.add('locks', true, () => read(members, nowMs));
      } else held = [];
    },
  };
}

/** A daemon without workers holds nothing. */
function mayLock(members: ReadonlyMap<number, Member>): boolean {
  let daemons = 0;
  for (const { stat } of members.values()) {
    if (stat.comm === 'nix-daemon') daemons += 1;
    else if (toolOfComm(stat.comm) !== null) return true;
  }
  return daemons > 1;
}
