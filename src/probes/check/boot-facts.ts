/** What lies on the partition of the boot loader, and which of it belongs to no generation any more. */
import { orNull, type Result } from '../../base/problem.ts';
import type { BootFacts } from '../../model/advice/rebuild-facts.ts';
import type { BootPlace } from '../../model/machine/places.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import type { Files } from '../../platform/ports.ts';

/** systemd-boot's, and GRUB's where /boot is a file system of its own. */
const folders = ['EFI/nixos', 'kernels'];
const profiles = '/nix/var/nix/profiles';

/** `<hash>-linux-6.6.58-bzImage.efi`, `<hash>-initrd-linux-6.6.58-initrd`: what the two boot loaders of NixOS copy. */
const kernelFile = /^([0-9a-z]{32})-.*-(?:bzImage|Image|zImage|uImage|vmlinux|initrd)(?:\.efi)?$/;

/** `output`: of the system that will come; null: not known. */
export async function readBootFacts(
  place: BootPlace,
  output: string | null,
  files: Files,
): Promise<BootFacts> {
  const { mountPoint, availableBytes, pairBytes } = place;
  const paths = await listKernels(mountPoint, files);
  const entries = orNull(await files.listSlow(`${mountPoint}/loader/entries`, slowly)) ?? [];
  const names = paths?.map(({ name }) => name) ?? [];
  const temporary = [...names, ...entries].filter((name) => name.endsWith('.tmp'));
  const there = new Set(names.flatMap((name) => kernelFile.exec(name)?.[1] ?? []));
  return {
    ...{ mountPoint, pairBytes, freeBytes: availableBytes },
    coming: output === null ? null : await comingOf(output, paths === null ? null : there, files),
    stale: paths === null ? null : await staleOf(paths, files, new Set()),
    temporaryFiles: paths === null ? null : temporary.length,
  };
}

/**
 * Kernels and initrds there that no generation needs, or would need if these were deleted (paths of their links). Null:
 * not known.
 */
export async function readStaleKernels(
  mountPoint: string,
  files: Files,
  deleted: ReadonlySet<string> = new Set(),
): Promise<BootFacts['stale']> {
  const paths = await listKernels(mountPoint, files);
  return paths === null ? null : staleOf(paths, files, deleted);
}

interface KernelFile {
  readonly name: string;
  readonly path: string;
}

/** Null: none of the folders may be listed, or is there. */
async function listKernels(mountPoint: string, files: Files): Promise<readonly KernelFile[] | null> {
  const listed = await Promise.all(
    folders.map(async (folder) => ({
      folder,
      names: await files.listSlow(`${mountPoint}/${folder}`, slowly),
    })),
  );
  if (!listed.some(({ names }) => names.ok)) return null;
  return listed.flatMap(({ folder, names }) =>
    (orNull(names) ?? []).map((name) => ({ name, path: `${mountPoint}/${folder}/${name}` })),
  );
}

/** `there`: hashes of what lies on the partition; null: it may not be listed. Null: the system is not built. */
async function comingOf(
  output: string,
  there: ReadonlySet<string> | null,
  files: Files,
): Promise<BootFacts['coming']> {
  let bytes = 0;
  let missingBytes = 0;
  for (const part of ['kernel', 'initrd']) {
    const [link, size] = await Promise.all([
      files.linkSlow(`${output}/${part}`, slowly),
      files.ownerSlow(`${output}/${part}`, { ...slowly, follow: true }),
    ]);
    if (!link.ok || !size.ok) return null;
    bytes += size.value.bytes;
    if (there?.has(hashOf(link.value) ?? '') !== true) missingBytes += size.value.bytes;
  }
  // Lanzaboote and others have names of their own: then the running system is not found, either.
  const running = hashOf(orNull(await files.linkSlow('/run/current-system/kernel', slowly)) ?? '');
  const isNamedSo = there !== null && (there.size === 0 || running === null || there.has(running));
  return { bytes, missingBytes: isNamedSo ? missingBytes : null };
}

function hashOf(path: string): string | null {
  return /\/([0-9a-z]{32})-[^/]+/.exec(path)?.[1] ?? null;
}

async function staleOf(
  paths: readonly KernelFile[],
  files: Files,
  deleted: ReadonlySet<string>,
): Promise<BootFacts['stale']> {
  const used = await usedHashes(files, deleted);
  if (used === null) return null;
  const stale = paths.filter(({ name }) => {
    const hash = kernelFile.exec(name)?.[1];
    return hash !== undefined && !used.has(hash);
  });
  const sizes = await Promise.all(stale.map(({ path }) => files.ownerSlow(path, slowly)));
  // Of one that is deleted meanwhile nothing is held any more.
  if (sizes.some((size) => !size.ok && size.problem.kind !== 'gone')) return null;
  const bytes = sizes.reduce((sum, size) => sum + (size.ok ? size.value.bytes : 0), 0);
  return { files: stale.length, bytes };
}

/** Of the store paths that kernels and initrds of all generations lie in; null: not all of them are known. */
async function usedHashes(files: Files, deleted: ReadonlySet<string>): Promise<ReadonlySet<string> | null> {
  const named = await files.listSlow(profiles, slowly);
  if (!named.ok) return null;
  const others = await listedOrNone(`${profiles}/system-profiles`, files);
  if (others === null) return null;
  const generations = [
    ...named.value.filter((name) => /^system-\d+-link$/.test(name)).map((name) => `${profiles}/${name}`),
    ...others.filter((name) => /-\d+-link$/.test(name)).map((name) => `${profiles}/system-profiles/${name}`),
  ];
  const kept = generations.filter((path) => !deleted.has(path));
  const found = await Promise.all(kept.map((path) => withSpecialisations(path, files)));
  if (found.includes(null)) return null;
  const systems = found.flatMap((one) => one ?? []);
  const links = await Promise.all(
    [...systems, '/run/current-system', '/run/booted-system'].flatMap((system) =>
      ['kernel', 'initrd'].map((part) => files.linkSlow(`${system}/${part}`, slowly)),
    ),
  );
  if (links.some(isUnknown)) return null;
  return new Set(links.flatMap((link) => (link.ok ? (hashOf(link.value) ?? []) : [])));
}

/** Null: what it has is not known. */
async function withSpecialisations(system: string, files: Files): Promise<readonly string[] | null> {
  const names = await listedOrNone(`${system}/specialisation`, files);
  return names && [system, ...names.map((name) => `${system}/specialisation/${name}`)];
}

/** Most have none. Null: not known. */
async function listedOrNone(path: string, files: Files): Promise<readonly string[] | null> {
  const names = await files.listSlow(path, slowly);
  if (names.ok) return names.value;
  return isUnknown(names) ? null : [];
}

/** A generation without a kernel is that of a container. */
function isUnknown(read: Result<unknown>): boolean {
  return !read.ok && read.problem.kind !== 'gone' && read.problem.kind !== 'malformed';
}
