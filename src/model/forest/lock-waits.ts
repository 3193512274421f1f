/** Who waits for whose lock: the question Nix itself does not answer. */
import type { Build, Client, LockWait } from '../model.ts';
import { nameOfStorePath } from '../nix-store/store-path.ts';
import type { ForestRaw } from '../sample.ts';

/**
 * Waiting pid to what it waits for. Two sources: `->` rows of /proc/locks (a blocking flock: gc.lock,
 * a substitution's path, switch-to-configuration), and store paths that a process has announced as
 * temporary roots while another one holds their lock (an output lock is polled every 5 s, never blocked on).
 */
export function lockWaits(raw: ForestRaw): ReadonlyMap<number, LockWait> {
  const waits = new Map<number, LockWait>();
  const holders = new Map<string, number>();
  for (const lock of raw.locks) if (!lock.waiting) holders.set(lock.file, lock.pid);
  const holderOf = new Map<string, number>();
  for (const [file, path] of Object.entries(raw.lockPaths)) {
    const holder = holders.get(file);
    if (holder !== undefined) holderOf.set(path, holder);
  }
  raw.processes.forEach(({ pid, facts }) => {
    if (!Array.isArray(facts.tempRoots)) return;
    for (const root of facts.tempRoots as readonly string[]) {
      const path = `${root}.lock`;
      const holderPid = holderOf.get(path);
      if (holderPid === undefined || holderPid === pid) continue;
      waits.set(pid, { path, holderPid, holder: nameOfStorePath(root) });
      break;
    }
  });
  for (const lock of raw.locks) {
    if (!lock.waiting) continue;
    const path = raw.lockPaths[lock.file] ?? null;
    const holderPid = holders.get(lock.file) ?? null;
    waits.set(lock.pid, { path, holderPid, holder: path === null ? null : lockedName(path) });
  }
  return waits;
}

/** Clients that wait for the lock of one of these builds: known by the lock, for its holder is who started it. */
export function waitersOf(
  builds: readonly Pick<Build, 'lock'>[],
  clients: readonly Client[],
): readonly Client[] {
  const locks = new Set(builds.flatMap(({ lock }) => lock ?? []));
  return clients.filter(({ waitsFor }) => waitsFor?.path != null && locks.has(waitsFor.path));
}

/**
 * Pid to the store paths whose output lock it holds: being built, substituted or registered by it, or
 * waiting for a build user. Derivations that are being written are left out.
 */
export function heldOutputs(raw: ForestRaw): ReadonlyMap<number, readonly string[]> {
  const known = heldIn.get(raw);
  if (known !== undefined) return known;
  const held = new Map<number, string[]>();
  for (const { waiting, pid, file } of raw.locks) {
    const path = waiting ? undefined : raw.lockPaths[file];
    if (path === undefined || lockedName(path) === null || path.endsWith('.drv.lock')) continue;
    const own = held.get(pid);
    if (own === undefined) held.set(pid, [outputOf(path)]);
    else own.push(outputOf(path));
  }
  heldIn.set(raw, held);
  return held;
}
/** Asked for by every build that is named by its lock. */
const heldIn = new WeakMap<ForestRaw, ReadonlyMap<number, readonly string[]>>();

function outputOf(lockPath: string): string {
  return lockPath.replace(/\.lock$/, '');
}

/** What is locked, if it is a store path: `firefox-130.0`. */
function lockedName(lockPath: string): string | null {
  return nameOfStorePath(outputOf(lockPath));
}
