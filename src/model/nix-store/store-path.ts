/** Store paths and derivation names (Nix manual, "Store Path"; DrvName in src/libstore/names.cc). */

import { baseName } from '../../base/text.ts';

/** Nix's base 32: digits and letters without e, o, t, u. */
const hash = '[0-9a-df-np-sv-z]{32}';
const drvInRoot = new RegExp(`/(${hash})-([^/]+)\\.drv\\.chroot(?:/root)?$`);
const drvFile = new RegExp(`(${hash})-([^/]+)\\.drv$`);
const wholePath = new RegExp(String.raw`^/\S*/${hash}-[0-9a-zA-Z+\-._?=]+$`);
const storePath = new RegExp(`^/[^ ]*/(${hash})-([^/]+)`);

export interface DerivationName {
  readonly hash: string;
  /** Without `.drv`. */
  readonly name: string;
}

/** `/nix/store/<hash>-<name>.drv.chroot` (2.8) or `….drv.chroot/root` (2.26): the root of a sandbox. */
export function derivationOfSandboxRoot(root: string): DerivationName | null {
  return named(drvInRoot.exec(root));
}

/** `/nix/store/<hash>-<name>.drv` or its file name. */
export function derivationOfPath(path: string): DerivationName | null {
  return named(drvFile.exec(path));
}

/** `/nix/var/log/nix/drvs/3w/mfikm3…-firefox-130.0.drv.bz2`: the first two hash characters are the folder. */
export function derivationOfLog(path: string): DerivationName | null {
  const match = /\/drvs\/(..)\/([^/]+\.drv)(?:\.bz2)?$/.exec(path);
  return match === null ? null : derivationOfPath(`${match[1]}${match[2]}`);
}

/** `/nix/var/log/nix/drvs/3w/mfikm3…-firefox-130.0.drv`; compressed ones end in `.bz2`. */
export function logOfDerivation({ hash: hex, name }: DerivationName): string {
  return `/nix/var/log/nix/drvs/${hex.slice(0, 2)}/${hex.slice(2)}-${name}.drv`;
}

/** A hash, the characters that a name may have, and nothing below the path. */
export function isStorePath(text: string): boolean {
  return wholePath.test(text);
}

/** Name part of a store path: `/nix/store/<hash>-firefox-130.0/bin/x` → `firefox-130.0`. */
export function nameOfStorePath(path: string): string | null {
  return storePath.exec(path)?.[2] ?? null;
}

/** What a person calls a path: its last part, a store path's without the hash. */
export function nameOfPath(path: string): string {
  return baseName(path).replace(/^[0-9a-z]{32}-/, '');
}

/** What a person calls a derivation: its path's last part without hash and `.drv`. */
export function nameOfDerivation(path: string): string {
  return nameOfPath(path).replace(/\.drv$/, '');
}

/** Where Nix puts build directories: TMPDIR of who builds, since 2.30 its state directory. */
export const buildDirectoryPlaces: readonly string[] = ['/tmp', '/nix/var/nix/builds', '/nix/var/nix/b'];

/** `nix-build-firefox-130.0.drv-0`, since 2.30 `….drv-<pid>-0`; since 2.32 without a name (src/libutil/file-system.cc). */
export function nameOfBuildDirectory(fileName: string): string | null {
  return /^nix-build-(.+?)\.drv-\d+(?:-\d+)?$/.exec(fileName)?.[1] ?? null;
}

/** Version starts at the first dash that is followed by something else than a letter (DrvName). */
export function splitName(name: string): { readonly pname: string; readonly version: string | null } {
  const dash = name.search(/-[^a-zA-Z]/);
  if (dash < 0) return { pname: name, version: null };
  return { pname: name.slice(0, dash), version: name.slice(dash + 1) || null };
}

/**
 * What a process is called: null where the kernel's 15 characters (TASK_COMM_LEN) are a piece of a hash, as of a program
 * that runs by the full name of its file in the store.
 */
export function nameOfProcess(comm: string): string | null {
  return /^[0-9a-df-np-sv-z]{15}$/.test(comm) ? null : comm;
}

function named(match: RegExpExecArray | null): DerivationName | null {
  return match === null ? null : { hash: match[1] as string, name: match[2] as string };
}
