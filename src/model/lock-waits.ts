/** Who waits for whose lock: the question Nix itself does not answer. */
import type { Forest } from './forest.ts';
import type { LockWait } from './model.ts';
import type { ForestRaw } from './sample.ts';
import { nameOfStorePath } from './store-path.ts';

/**
 * Waiting pid to what it waits for. Two sources: `->` rows of /proc/locks (a blocking flock: gc.lock,
 * a substitution's path, switch-to-configuration), and store paths that a process has announced as
 * temporary roots while another one holds their lock (an output lock is polled every 5 s, never blocked on).
 */
export function lockWaits({ raw }: Forest): ReadonlyMap<number, LockWait> {
  const waits = new Map<number, LockWait>();
  const holders = new Map(raw.locks.filter((lock) => !lock.waiting).map((lock) => [lock.file, lock.pid]));
  const holderOf = new Map(
    Object.entries(raw.lockPaths).map(([file, path]) => [path, holders.get(file) ?? null]),
  );
  for (const process of raw.processes) {
    const { tempRoots } = process.facts;
    if (!Array.isArray(tempRoots)) continue;
    for (const root of tempRoots as readonly string[]) {
      const holderPid = holderOf.get(`${root}.lock`) ?? null;
      if (holderPid === null || holderPid === process.pid) continue;
      waits.set(process.pid, { path: root, holderPid, holder: nameOfStorePath(root) });
      break;
    }
  }
  for (const lock of raw.locks) {
    if (!lock.waiting) continue;
    const path = raw.lockPaths[lock.file]?.replace(/\.lock$/, '') ?? null;
    waits.set(lock.pid, {
      path,
      holderPid: holders.get(lock.file) ?? null,
      holder: path && nameOfStorePath(path),
    });
  }
  return waits;
}

/** Output locks a process holds: store paths being built, substituted or registered by it. */
export function heldOutputs(raw: ForestRaw, pid: number): readonly string[] {
  const held: string[] = [];
  for (const lock of raw.locks) {
    const path = lock.waiting || lock.pid !== pid ? undefined : raw.lockPaths[lock.file];
    if (path?.endsWith('.lock') && nameOfStorePath(path) !== null) held.push(path.slice(0, -'.lock'.length));
  }
  return held;
}
