/** /proc/self/mountinfo and /proc/swaps: which file system is mounted where, and what it lies on. */
import { completeRows } from './row-number.ts';

export interface Mount {
  /** `major:minor` of the file system; major 0 = no block device of its own (tmpfs, btrfs, ZFS, NFS). */
  readonly device: string;
  /** Which directory of the file system is mounted: `/`, `/@` of a subvolume, any of a bind mount. */
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
  /** `ro` of this mount, and of the file system itself: an error makes only the second so. */
  readonly readOnly: boolean;
  readonly superReadOnly: boolean;
  /** `upperdir` of an overlay (Documentation/filesystems/overlayfs.rst); absent of others. */
  readonly upper?: string;
}

/**
 * `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:2 - ext3 /dev/root rw,errors=continue`
 * id, parent, major:minor, root, mount point, options, optional tags, `-`, type, source, super options:
 * proc_pid_mountinfo(5). Rows that are cut or garbled are left out.
 */
export function parseMounts(text: string): readonly Mount[] {
  const mounts: Mount[] = [];
  for (const row of completeRows(text)) {
    const fields = row.split(' ');
    const dash = fields.indexOf('-', 6);
    const [device, root, point, options = ''] = fields.slice(2);
    const [type, source, superOptions = ''] = dash < 0 ? [] : fields.slice(dash + 1);
    if (
      device === undefined ||
      root === undefined ||
      point === undefined ||
      type === undefined ||
      source === undefined
    )
      continue;
    if (!/^\d+:\d+$/.test(device) || !point.startsWith('/')) continue;
    const upper = type === 'overlay' ? /(?:^|,)upperdir=([^,]+)/.exec(superOptions)?.[1] : undefined;
    mounts.push({
      device,
      root: unescaped(root),
      mountPoint: unescaped(point),
      type,
      source: unescaped(source),
      readOnly: isReadOnly(options),
      superReadOnly: isReadOnly(superOptions),
      ...(upper !== undefined && { upper: unescaped(upper) }),
    });
  }
  return mounts;
}

function isReadOnly(options: string): boolean {
  return options === 'ro' || options.startsWith('ro,');
}

/** The mount that a path lies on: the longest mount point above it, the last mounted of equals. */
export function mountOf<Point extends Pick<Mount, 'mountPoint'>>(
  path: string,
  mounts: readonly Point[],
): Point | null {
  let best: Point | null = null;
  for (const mount of mounts) {
    if (!liesBelow(path, mount.mountPoint)) continue;
    if (best === null || mount.mountPoint.length >= best.mountPoint.length) best = mount;
  }
  return best;
}

/**
 * Where a path lies by file system, whatever it is called here: `254:0 /srv/machines/a/nix/var/nix`. Processes with
 * mount namespaces of their own say the same of one directory, and different things of two.
 */
export function placeOf(path: string, mounts: readonly Mount[]): string | null {
  const mount = mountOf(path, mounts);
  if (mount === null) return null;
  const within = [mount.root, mount.mountPoint === '/' ? path : path.slice(mount.mountPoint.length)];
  return `${mount.device} ${within.join('').replace(/^\/(?=\/)/, '')}`;
}

function liesBelow(path: string, directory: string): boolean {
  if (directory === '/' || path === directory) return true;
  return path.startsWith(directory) && path[directory.length] === '/';
}

/** Space, tab, newline and backslash are printed as `\040`, `\011`, `\012`, `\134`. */
function unescaped(text: string): string {
  if (!text.includes('\\')) return text;
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Files and devices that swap lies on: `/dev/dm-1  partition  8388604  0  -2`, proc_swaps(5). */
export function parseSwaps(text: string): readonly string[] {
  const names: string[] = [];
  for (const row of completeRows(text)) {
    const name = /^(\/\S+)\s+(?:partition|file)\s/.exec(row)?.[1];
    if (name !== undefined) names.push(unescaped(name));
  }
  return names;
}
