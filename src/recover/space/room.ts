/** Where there is room, and where it is short. */
import { bytesText } from '../../base/bytes.ts';
import { formatPercent } from '../../base/number.ts';
import { orNull } from '../../base/problem.ts';
import { buildsOfState } from '../../model/machine/build-directories.ts';
import type { BootPlace } from '../../model/machine/places.ts';
import { spaceLevel } from '../../model/machine/space-level.ts';
import type { Filesystem } from '../../model/model.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { type Mount, mountOf, parseMounts } from '../../parse/mountinfo-mounts.ts';
import { readBoot, readBuildSettings } from '../../samplers/places.ts';
import type { RecoverContext } from '../step.ts';

export interface Room {
  /** Each file system once: of the root, the store, of Nix's state, of builds, of /tmp, of our own files. */
  readonly filesystems: readonly Filesystem[];
  /** Null: not known. */
  readonly store: Filesystem | null;
  /** Null: kernels lie on the file system of the root. */
  readonly boot: BootPlace | null;
}

/** Kernel and initrd of a usual NixOS, where those of this one are not known. */
const usualPairBytes = 50 * 1024 ** 2;

export async function roomNow({
  ports: { files },
  stateDirectory,
}: Pick<RecoverContext, 'ports' | 'stateDirectory'>): Promise<Room> {
  const text = await files.readSlow('/proc/self/mountinfo', { ...slowly, maxBytes: 1 << 20 });
  const mounts = parseMounts(orNull(text) ?? '');
  const { buildDirectory } = await readBuildSettings(files);
  const filesystems: Filesystem[] = [];
  const byDevice = new Map<string, Filesystem>();
  const paths = ['/', '/nix/store', '/nix/var/nix', buildDirectory ?? buildsOfState, '/tmp', stateDirectory];
  for (const path of paths) {
    const mount = mountOf(path, mounts);
    if (mount === null || byDevice.has(mount.device)) continue;
    const row = await filesystemOf(mount, files);
    byDevice.set(mount.device, row);
    filesystems.push(row);
  }
  const store = byDevice.get(mountOf('/nix/store', mounts)?.device ?? '') ?? null;
  return { filesystems, store, boot: await readBoot(files, mounts) };
}

/** The disk that a captured tree lies on is none of the captured machine. */
async function filesystemOf(
  { mountPoint, type }: Mount,
  files: RecoverContext['ports']['files'],
): Promise<Filesystem> {
  const space = files.live ? orNull(await files.spaceSlow(mountPoint, slowly)) : null;
  const share = space === null || space.inodes === 0 ? null : (100 * space.freeInodes) / space.inodes;
  return {
    ...{ path: mountPoint, mountPoint, type, device: null, disks: [], level: 'ok', problem: null },
    totalBytes: space?.totalBytes ?? null,
    availableBytes: space?.availableBytes ?? null,
    freeInodesPercent: share,
  };
}

/** Of the store: what it has, where that is enough; null where it is short, or nobody knows. */
export function storeRoom({ store }: Room): string | null {
  if (store === null || store.availableBytes === null || isShort(store)) return null;
  return `the store has room: ${freeText(store)}`;
}

export function isShort(filesystem: Filesystem): boolean {
  return spaceLevel(filesystem) !== 'ok';
}

/** What another kernel takes. */
export function neededForKernel({ pairBytes }: BootPlace): number {
  return pairBytes ?? usualPairBytes;
}

/** Null: not known. */
export function isBootShort(boot: BootPlace): boolean | null {
  return boot.availableBytes === null ? null : boot.availableBytes < neededForKernel(boot);
}

/** `/nix/store: 1.2 GB of 96 GB free`, with what is left of inodes where that is short. */
export function freeText({
  mountPoint,
  availableBytes,
  totalBytes,
  freeInodesPercent,
}: Pick<Filesystem, 'mountPoint' | 'availableBytes' | 'totalBytes'> &
  Partial<Pick<Filesystem, 'freeInodesPercent'>>): string {
  const few = freeInodesPercent != null && freeInodesPercent < 3;
  const inodes = few ? `, ${formatPercent(freeInodesPercent)} of its inodes` : '';
  const free = availableBytes === null ? 'nobody knows how much is' : bytesText(availableBytes);
  return `${mountPoint}: ${free}${totalBytes === null ? '' : ` of ${bytesText(totalBytes)}`} free${inodes}`;
}
