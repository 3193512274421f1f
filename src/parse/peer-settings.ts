/** Which caches, keys and builders a nix.conf names, its lines in their order with those of what it includes. */
import type { PeerSettings } from '../model/caches/caches-raw.ts';
import { parseMachines, refusedMachines } from './machines.ts';
import type { NixConfLine } from './nix-conf.ts';

/** Setting and older name (src/libstore/globals.hh); `usual`: of Nix itself. */
const lists = {
  caches: { names: ['substituters', 'binary-caches'], usual: ['https://cache.nixos.org/'] },
  keys: {
    names: ['trusted-public-keys', 'binary-cache-public-keys'],
    usual: ['cache.nixos.org-1:6NCHdD59X431o0gWypbMrAURkbJ16ZPMQFGspcDShjY='],
  },
} as const;
const usualBuilders = '@/etc/nix/machines';

type Settings = Omit<PeerSettings, 'builders' | 'refused'> & { readonly builders: string };

/** `builders` as written: `buildersOf` makes machines of it. */
export function parsePeerSettings(lines: readonly NixConfLine[]): {
  readonly [Name in keyof Settings]: NonNullable<Settings[Name]>;
} {
  const builders = lines.findLast((line) => line.kind === 'set' && line.name === 'builders');
  return {
    caches: [...new Set(listOf(lines, lists.caches).map(withoutPassword))],
    // `name:base64`.
    keys: [...new Set(listOf(lines, lists.keys).map((key) => key.replace(/:.*$/, '')))],
    builders: builders?.kind === 'set' ? builders.value : usualBuilders,
  };
}

/** `extra-…` adds to what holds up to there; what comes after it without `extra-` takes its place. */
function listOf(
  lines: readonly NixConfLine[],
  { names, usual }: { readonly names: readonly string[]; readonly usual: readonly string[] },
): readonly string[] {
  let value: readonly string[] = usual;
  for (const line of lines) {
    if (line.kind !== 'set') continue;
    const words = line.value.split(/\s+/).filter((word) => word !== '');
    if (names.includes(line.name)) value = words;
    else if (names.some((name) => line.name === `extra-${name}`)) value = [...value, ...words];
  }
  return value;
}

/** `texts`: of the setting, and of the files that it names. Of each line no key and no host key. */
export function buildersOf(texts: readonly string[]): Pick<PeerSettings, 'builders' | 'refused'> {
  const refused = texts.flatMap(refusedMachines).map(({ line, why }) => ({
    address: withoutPassword(line.split(/\s+/)[0] ?? ''),
    why,
  }));
  const builders = texts
    .flatMap(parseMachines)
    .map(({ address, systems, features, mandatory, maxJobs, speedFactor }) => ({
      ...{ address: withoutPassword(address), systems, features, mandatory },
      ...{ slots: maxJobs, speedFactor },
    }));
  return { builders, refused };
}

/** Lix 2.95 and later may have its machines as TOML, which begins so. */
export function isMachinesToml(text: string): boolean {
  return /^\s*version\s*=\s*\d/m.test(text) || /^\s*\[machines\b/m.test(text);
}

/** `https://user:password@host`: what is shown and recorded does without. */
export function withoutPassword(address: string): string {
  return address.replace(/^([a-z0-9+.-]+:\/\/[^/@\s:]*):[^/@\s]*@/i, '$1@');
}
