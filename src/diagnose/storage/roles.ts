/** Which file systems a rebuild needs, and for what: the same numbers of /tmp matter or do not, by where builds run. */
import type { SpaceRole } from '../../model/diagnosis/found-storage.ts';
import { buildDirectories, filesystemOf } from '../../model/machine/build-directories.ts';
import type { Filesystem, Model } from '../../model/model.ts';

export interface Needed {
  readonly filesystem: Filesystem;
  readonly role: SpaceRole;
  /** False: builds may run elsewhere. */
  readonly certain: boolean;
}

type Known = Pick<Model, 'filesystems' | 'builds' | 'places' | 'host'>;

/** In ascending order of what fails with it. */
const roles: readonly SpaceRole[] = ['temporary', 'root', 'boot', 'build-directory', 'store'];

/** One for each mount. /tmp, and a build directory that is not in use, only where builds run there or may. */
export function neededFilesystems(model: Known): readonly Needed[] {
  const mounts = buildMounts(model);
  const byMount = new Map<string, Needed>();
  for (const filesystem of model.filesystems) {
    const { path, mountPoint } = filesystem;
    const builds = mounts.has(mountPoint);
    const own = roleOf(path);
    const asked = own === 'temporary' || own === 'build-directory';
    if (asked && mounts.size > 0 && !builds) continue;
    const role = builds && own !== 'store' ? 'build-directory' : own;
    const before = byMount.get(mountPoint);
    if (before !== undefined && roles.indexOf(before.role) >= roles.indexOf(role)) continue;
    byMount.set(mountPoint, { filesystem, role, certain: !asked || builds });
  }
  return [...byMount.values()];
}

/** Mount points that build directories lie on; empty: nobody knows. */
export function buildMounts(model: Known): ReadonlySet<string> {
  const found = buildDirectories(model).map((directory) => filesystemOf(directory, model.filesystems));
  return new Set(found.flatMap((row) => (row === null ? [] : [row.mountPoint])));
}

function roleOf(path: string): SpaceRole {
  if (path === '/nix' || path === '/nix/store') return 'store';
  if (path === '/tmp') return 'temporary';
  return path === '/' ? 'root' : 'build-directory';
}
