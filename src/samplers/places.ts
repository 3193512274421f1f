/** Reads what of the file systems a rebuild uses: build directory, overlays, the partition of the boot loader. */

import { orNull } from '../base/problem.ts';
import { buildsOfState } from '../model/machine/build-directories.ts';
import type { BootPlace, PlacesRaw, UpperLayer } from '../model/machine/places.ts';
import { parseBuildDirectory, parseMinFree } from '../parse/host-facts.ts';
import { type Mount, mountOf } from '../parse/mountinfo-mounts.ts';
import type { Files } from '../platform/ports.ts';

type Settings = Pick<PlacesRaw, 'buildDirectory' | 'minFreeBytes'>;

export async function readBuildSettings(files: Files): Promise<Settings> {
  const conf = orNull(await files.readSlow('/etc/nix/nix.conf')) ?? '';
  const set = parseBuildDirectory(conf);
  const made = set === null && (await files.ownerSlow(buildsOfState)).ok;
  return { buildDirectory: set ?? (made ? buildsOfState : null), minFreeBytes: parseMinFree(conf) };
}

/** As the initial RAM disk mounted it, before it made its place the root. */
const formerRoot = /^\/(?:mnt-root|sysroot)(?=\/)/;

/** Of one mount, the layer that takes what is written; null: it is no overlay, or has none. */
export function upperLayerOf(mount: Mount, mounts: readonly Mount[]): UpperLayer | null {
  if (mount.upper === undefined) return null;
  const upper = mountOf(mount.upper.replace(formerRoot, ''), mounts);
  if (upper === null || upper === mount) return null;
  return { mountPoint: mount.mountPoint, upperMountPoint: upper.mountPoint, upperType: upper.type };
}

/** Of the mount points that the modules of NixOS know (boot.loader.efi.efiSysMountPoint). */
const bootMountPoints = ['/boot', '/efi', '/boot/efi'];

/** Null: kernels lie on the file system of the root, or no NixOS starts from here. */
export async function readBoot(files: Files, mounts: readonly Mount[]): Promise<BootPlace | null> {
  for (const mountPoint of bootMountPoints) {
    const mount = mountOf(mountPoint, mounts);
    // Asking a mount of autofs would mount what lies below it.
    if (mount === null || mount.mountPoint !== mountPoint || mount.type === 'autofs') continue;
    if (!(await holdsKernels(files, mountPoint))) continue;
    const space = orNull(await files.spaceSlow(mountPoint));
    return {
      mountPoint,
      type: mount.type,
      totalBytes: files.live ? (space?.totalBytes ?? null) : null,
      availableBytes: files.live ? (space?.availableBytes ?? null) : null,
      pairBytes: await pairBytes(files),
      staleEntries: await staleEntries(files, mountPoint),
    };
  }
  return null;
}

/** systemd-boot has them in EFI/nixos, GRUB in kernels where /boot is a file system of its own. */
async function holdsKernels(files: Files, mountPoint: string): Promise<boolean> {
  for (const directory of [`${mountPoint}/EFI/nixos`, `${mountPoint}/kernels`]) {
    const found = await files.ownerSlow(directory);
    if (found.ok) return true;
    // Mounted with umask=0077, as NixOS does it: of a running NixOS nothing else lies there.
    if (found.problem.kind === 'denied' && mountPoint !== '/boot/efi') return true;
  }
  return false;
}

async function pairBytes(files: Files): Promise<number | null> {
  let sum = 0;
  for (const part of ['kernel', 'initrd']) {
    const found = await files.ownerSlow(`/run/current-system/${part}`, { follow: true });
    if (!found.ok) return null;
    sum += found.value.bytes;
  }
  return sum;
}

/** `nixos-generation-65.conf`, with a specialisation behind the number; of other profiles another name. */
async function staleEntries(files: Files, mountPoint: string): Promise<number | null> {
  const entries = orNull(await files.listSlow(`${mountPoint}/loader/entries`));
  const links = orNull(await files.listSlow('/nix/var/nix/profiles'));
  if (entries === null || links === null) return null;
  const kept = new Set(links.map((name) => /^system-(\d+)-link$/.exec(name)?.[1]));
  return entries.filter((name) => {
    const generation = /^nixos-generation-(\d+)[.-]/.exec(name)?.[1];
    return generation !== undefined && !kept.has(generation);
  }).length;
}
