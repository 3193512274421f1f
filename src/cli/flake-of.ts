/** Which NixOS configuration a command line is about, for what looks at it before the command runs. */
import { baseName } from '../base/text.ts';

export interface NamedConfiguration {
  /** It puts a configuration of NixOS together, named or the usual one. */
  readonly system: boolean;
  /** As `--flake` takes it, `FILE#ATTRIBUTE` of one that is in a file; null: none is named. */
  readonly flake: string | null;
}

const rebuilders: ReadonlySet<string> = new Set(['nixos-rebuild', 'nixos-rebuild-ng']);

/** `sudo nixos-rebuild switch --flake .#box`, `--file FILE --attr A` of nixos-rebuild-ng, `nh os switch REF -H box`. */
export function configurationOf(words: readonly string[]): NamedConfiguration {
  const tool = words.findIndex((word) => rebuilders.has(baseName(word)));
  const nh = words.findIndex((word, at) => baseName(word) === 'nh' && words[at + 1] === 'os');
  if (nh >= 0) return ofNh(words.slice(nh + 2));
  if (tool < 0) return { system: false, flake: null };
  const rest = words.slice(tool + 1);
  const file = optionIn(rest, '--file', '-f');
  const attribute = optionIn(rest, '--attr', '-A');
  const flake = optionIn(rest, '--flake', '-F');
  if (flake !== null || file === null) return { system: true, flake };
  return { system: true, flake: attribute === null ? file : `${file}#${attribute}` };
}

/** `switch`, `boot`, `test`, `build` and then the reference, if any. */
function ofNh([, ...rest]: readonly string[]): NamedConfiguration {
  const host = optionIn(rest, '--hostname', '-H');
  const reference = rest.find(
    (word, at) => !word.startsWith('-') && !/^-(?:H|-hostname)$/.test(rest[at - 1] ?? ''),
  );
  if (reference === undefined) return { system: true, flake: null };
  return {
    system: true,
    flake: host === null || reference.includes('#') ? reference : `${reference}#${host}`,
  };
}

/** `/nix/var/nix/profiles/system-profiles/NAME` of `--profile-name NAME`. */
const systemProfile = '/nix/var/nix/profiles/system';

/** The profile of this machine that gets a new generation to boot; null: none does. */
export function bootedProfileOf(words: readonly string[]): string | null {
  const tool = words.findIndex((word) => rebuilders.has(baseName(word)));
  const nh = words.findIndex((word, at) => baseName(word) === 'nh' && words[at + 1] === 'os');
  const rest = words.slice(nh >= 0 ? nh + 2 : tool + 1);
  if ((tool < 0 && nh < 0) || !rest.some((word) => word === 'switch' || word === 'boot')) return null;
  if (optionIn(rest, '--target-host', '--target-host') !== null) return null;
  const name = nh >= 0 ? null : optionIn(rest, '--profile-name', '-p');
  return name === null || name === 'system' ? systemProfile : `${systemProfile}-profiles/${name}`;
}

function optionIn(words: readonly string[], name: string, letter: string): string | null {
  for (const [at, word] of words.entries()) {
    if (word === '--') return null;
    if (word === name || word === letter) return words[at + 1] ?? null;
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
  }
  return null;
}
