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

export async function readBootFacts(place: BootPlace, files: Files): Promise<BootFacts> {
  const { mountPoint, availableBytes, pairBytes } = place;
  const listed = await Promise.all(
    folders.map(async (folder) => ({
      folder,
      names: await files.listSlow(`${mountPoint}/${folder}`, slowly),
    })),
  );
  const entries = orNull(await files.listSlow(`${mountPoint}/loader/entries`, slowly)) ?? [];
  const readable = listed.some(({ names }) => names.ok);
  const paths = listed.flatMap(({ folder, names }) =>
    (orNull(names) ?? []).map((name) => ({ name, path: `${mountPoint}/${folder}/${name}` })),
  );
  const temporary = [...paths.map(({ name }) => name), ...entries].filter((name) => name.endsWith('.tmp'));
  return {
    ...{ mountPoint, pairBytes, freeBytes: availableBytes },
    stale: readable ? await staleOf(paths, files) : null,
    temporaryFiles: readable ? temporary.length : null,
  };
}

async function staleOf(
  paths: readonly { readonly name: string; readonly path: string }[],
  files: Files,
): Promise<BootFacts['stale']> {
  const used = await usedHashes(files);
  if (used === null) return null;
  const stale = paths.filter(({ name }) => {
    const hash = kernelFile.exec(name)?.[1];
    return hash !== undefined && !used.has(hash);
  });
  const sizes = await Promise.all(stale.map(({ path }) => files.ownerSlow(path, slowly)));
  const bytes = sizes.reduce((sum, size) => sum + (size.ok ? size.value.bytes : 0), 0);
  return { files: stale.length, bytes };
}

/** Of the store paths that kernels and initrds of all generations lie in; null: not all of them are known. */
async function usedHashes(files: Files): Promise<ReadonlySet<string> | null> {
  const named = await files.listSlow(profiles, slowly);
  if (!named.ok) return null;
  const others = orNull(await files.listSlow(`${profiles}/system-profiles`, slowly)) ?? [];
  const generations = [
    ...named.value.filter((name) => /^system-\d+-link$/.test(name)).map((name) => `${profiles}/${name}`),
    ...others.filter((name) => /-\d+-link$/.test(name)).map((name) => `${profiles}/system-profiles/${name}`),
  ];
  const systems = (await Promise.all(generations.map((path) => withSpecialisations(path, files)))).flat();
  const links = await Promise.all(
    [...systems, '/run/current-system', '/run/booted-system'].flatMap((system) =>
      ['kernel', 'initrd'].map((part) => files.linkSlow(`${system}/${part}`, slowly)),
    ),
  );
  if (links.some(isUnknown)) return null;
  return new Set(
    links.flatMap((link) => (link.ok ? (/\/([0-9a-z]{32})-[^/]+/.exec(link.value)?.[1] ?? []) : [])),
  );
}

async function withSpecialisations(system: string, files: Files): Promise<readonly string[]> {
  const names = orNull(await files.listSlow(`${system}/specialisation`, slowly)) ?? [];
  return [system, ...names.map((name) => `${system}/specialisation/${name}`)];
}

/** A generation without a kernel is that of a container. */
function isUnknown(link: Result<string>): boolean {
  return !link.ok && link.problem.kind !== 'gone' && link.problem.kind !== 'malformed';
}
