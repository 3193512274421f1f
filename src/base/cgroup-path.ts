/** Paths of cgroup v2, as /proc/<pid>/cgroup has them: `/` is the root, and a path below another one is within it. */

/** True for a cgroup itself and all below it; null is in none. */
export function isInCgroup(path: string | null, cgroup: string): boolean {
  if (path === null) return false;
  return path === cgroup || path.startsWith(cgroup.endsWith('/') ? cgroup : `${cgroup}/`);
}
