/** Where local builds run, as far as that is known, and on which file system. */
import type { Model } from '../model.ts';

/** Where Nix 2.30 and newer build, and older ones with the fix of CVE-2025-46415. */
export const buildsOfState = '/nix/var/nix/builds';

/**
 * Directories in which local builds run: of those that run, as far as that can be seen; else the one that is set, or
 * that the version of Nix chooses (release notes of 2.30). Empty: nobody knows.
 */
export function buildDirectories({
  builds: running,
  places,
  host,
}: Pick<Model, 'builds' | 'places' | 'host'>): readonly string[] {
  const seen = new Set<string>();
  // `/build` is inside of a sandbox.
  for (const { buildDirectory, host: builder } of running)
    if (builder === null && buildDirectory !== null && !/^\/build(?:\/|$)/.test(buildDirectory))
      seen.add(buildDirectory.replace(/\/[^/]+$/, '') || '/');
  if (seen.size > 0) return [...seen];
  if (places?.buildDirectory != null) return [places.buildDirectory];
  const version = /^(\d+)\.(\d+)[^(]*$/.exec(host.nixVersion ?? '');
  if (version === null) return [];
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return [major > 2 || (major === 2 && minor >= 30) ? buildsOfState : '/tmp'];
}

/** The one whose mount point is the longest above the path; null: none is. */
export function filesystemOf<Row extends { readonly mountPoint: string }>(
  path: string,
  filesystems: readonly Row[],
): Row | null {
  let best: Row | null = null;
  for (const row of filesystems) {
    const { mountPoint } = row;
    const above = mountPoint === '/' || path === mountPoint || path.startsWith(`${mountPoint}/`);
    if (above && mountPoint.length > (best?.mountPoint.length ?? 0)) best = row;
  }
  return best;
}
