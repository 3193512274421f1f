/** Paths that somebody of Nix makes at this moment: he holds their lock (flock(2) of pathlocks.cc). */
import { lstatSync, readFileSync } from 'node:fs';

/** By the inode of `PATH.lock`: the device is written otherwise on btrfs and overlays. What cannot be read is none. */
export function isMade(path: string): boolean {
  const lock = lstatSync(`${path}.lock`, { throwIfNoEntry: false });
  return lock !== undefined && lockedInodes().has(lock.ino);
}

/** `1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF` (proc_locks(5)); `->` before FLOCK is one that waits. */
function lockedInodes(): ReadonlySet<number> {
  try {
    const rows = readFileSync('/proc/locks', 'latin1').matchAll(/^\d+: FLOCK .*? [\da-f]+:[\da-f]+:(\d+) /gm);
    return new Set([...rows].map(([, inode]) => Number(inode)));
  } catch {
    return new Set();
  }
}
