/** What a build leaves behind, as the kernel and the file system say: nothing, when it was ended well. */
import { readFileSync, statSync } from 'node:fs';
import { allProcesses, buildDirectories, environment, processesWithNonce, type TrueBuild } from './truth.ts';

/** Pids of a run (or of one of its builds) that live, and are not merely waiting to be reaped. */
export function living(nonce: string, name?: string): number[] {
  return processesWithNonce(nonce)
    .filter((one) => one.state !== 'Z' && (name === undefined || environment(one.pid)?.name === name))
    .map((one) => one.pid);
}

/**
 * In words: processes, locks held, build directories. By the nonce, since another Nix may have given the
 * build's user to a build of its own by now. `before`: directories of its name that were there already.
 */
export function remains(nonce: string, build: TrueBuild, before: readonly string[]): string[] {
  const processes = processesWithNonce(nonce).map((one) => `process ${one.pid} (${one.state})`);
  const held = heldInodes();
  const userIsFree = !allProcesses().some((one) => one.uid === build.uid);
  const locks = [`${build.out}.lock`, ...(userIsFree ? [`/nix/var/nix/userpool/${build.uid}`] : [])];
  const left = locks.filter((path) => {
    const inode = statSync(path, { throwIfNoEntry: false })?.ino;
    return inode !== undefined && held.has(inode);
  });
  const directories = directoriesOf(build.name).filter((path) => !before.includes(path));
  return [...processes, ...left, ...directories];
}

/** The newest Nix does not name them by the derivation: there all, which are the test's own. */
export function directoriesOf(name: string): string[] {
  return buildDirectories().filter((path) => !path.startsWith('/tmp') || path.includes(`-${name}.drv-`));
}

/** Inodes of /proc/locks: `1: FLOCK  ADVISORY  WRITE 3154 fe:00:131 0 EOF`. */
function heldInodes(): Set<number> {
  const rows = readFileSync('/proc/locks', 'utf8').matchAll(/ [0-9a-f]+:[0-9a-f]+:(\d+) /g);
  return new Set([...rows].map((row) => Number(row[1])));
}
