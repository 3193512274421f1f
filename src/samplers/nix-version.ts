/** Finds out which Nix is installed without starting it: links of profiles, or the package database. */
import { orNull } from '../base/problem.ts';
import { nixVersionOfDpkg, nixVersionOfLink } from '../parse/nix-version.ts';
import type { Files } from '../platform/ports.ts';

/** A file of a machine with many packages; it is read once. */
const dpkgMaxBytes = 16 * 1024 * 1024;

/**
 * Links that end in the store path of the Nix in use. Of a profile with one package `bin` itself is the
 * link; with several the programs are.
 */
const links = [
  '/run/current-system/sw/bin/nix',
  '/nix/var/nix/profiles/default/bin/nix',
  '/nix/var/nix/profiles/default/bin',
];

export async function readNixVersion(files: Files): Promise<string | null> {
  for (const link of links) {
    const version = nixVersionOfLink(orNull(await files.linkSlow(link)) ?? '');
    if (version !== null) return version;
  }
  const status = await files.readSlow('/var/lib/dpkg/status', { maxBytes: dpkgMaxBytes, deadlineMs: 10_000 });
  return nixVersionOfDpkg(orNull(status) ?? '');
}
