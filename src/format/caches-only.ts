/** Settings with which Nix takes everything from caches: as a module of NixOS, and as options of one rebuild. */
import { nixString } from '../base/nix-string.ts';
import { shellWord } from '../base/shell-word.ts';

export interface CachesOnly {
  readonly substituters: readonly string[];
  /** As nix.conf has them: `cache.nixos.org-1:6NCH…`. */
  readonly publicKeys: readonly string[];
}

/** A cache that does not answer costs this long, and not 15 s. */
const connectSec = 5;

export function cachesOnlyModule({ substituters, publicKeys }: CachesOnly): string {
  return `# Everything from caches: nothing is built here, or on builders.
# It counts from the rebuild after the one that brings it in.
{ lib, ... }:

{
  nix.settings = {
    substitute = lib.mkForce true;
    substituters = lib.mkForce ${list(substituters)};
    trusted-public-keys = lib.mkForce ${list(publicKeys)};
    max-jobs = lib.mkForce 0;
    builders = lib.mkForce "";
    fallback = lib.mkForce false;
    connect-timeout = lib.mkForce ${connectSec};
  };
}
`;
}

export interface RebuildWords {
  /** As `nixos-rebuild --flake` takes it; null: what it takes by itself. */
  readonly flake: string | null;
  /** 1: what is left to build is made here. */
  readonly jobs: 0 | 1;
}

/** One command for a shell: nothing of it lasts. */
export function cachesOnlyCommand(
  { substituters, publicKeys }: CachesOnly,
  { flake, jobs }: RebuildWords,
): string {
  const options: readonly (readonly [string, string])[] = [
    ['max-jobs', `${jobs}`],
    ['builders', ''],
    ['fallback', 'false'],
    ['connect-timeout', `${connectSec}`],
    ['substituters', substituters.join(' ')],
    ['trusted-public-keys', publicKeys.join(' ')],
  ];
  const words = [
    ...['nixos-rebuild', 'switch', ...(flake === null ? [] : ['--flake', flake])],
    ...options.flatMap(([name, value]) => ['--option', name, value]),
  ];
  return `sudo ${words.map(shellWord).join(' ')}`;
}

function list(texts: readonly string[]): string {
  return texts.length === 0 ? '[ ]' : `[\n${texts.map((text) => `      ${nixString(text)}\n`).join('')}    ]`;
}
