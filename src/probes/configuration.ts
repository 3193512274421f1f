/** Which NixOS configuration an evaluation is about: what the user names, or what a rebuild of this machine takes. */
import { orNull } from '../base/problem.ts';
import type { Ports } from '../platform/ports.ts';

export type Configuration =
  /** `host`: an attribute of `nixosConfigurations`, or a path of attributes that begins there. */
  | { readonly kind: 'flake'; readonly reference: string; readonly host: string }
  /** A file that gives systems, as `nixos-rebuild --file` takes it, or a configuration.nix. */
  | { readonly kind: 'file'; readonly path: string; readonly attribute: string | null }
  /** `<nixos-config>` with `<nixpkgs/nixos>`. */
  | { readonly kind: 'channel' };

const usual = '/etc/nixos';

/**
 * `subject` as `nixos-rebuild --flake` has it (`/etc/nixos#host`, `github:me/config`), or an absolute path of a file or
 * directory, `#` in front of an attribute. Null: what `nixos-rebuild` without words would take.
 */
export async function findConfiguration(
  subject: string | null,
  { files }: Pick<Ports, 'files'>,
): Promise<Configuration> {
  const [reference = '', ...rest] = (subject ?? usual).split('#');
  const attribute = rest.join('#') || null;
  const isPath = reference.startsWith('/');
  const isFlake = !isPath || (await isThere(`${reference.replace(/\/+$/, '')}/flake.nix`));
  if (isFlake) return { kind: 'flake', reference, host: attribute ?? hostName() };
  return subject === null ? { kind: 'channel' } : { kind: 'file', path: reference, attribute };

  async function isThere(path: string): Promise<boolean> {
    return (await files.ownerSlow(path, { follow: true })).ok;
  }

  function hostName(): string {
    return orNull(files.read('/proc/sys/kernel/hostname'))?.trim() || 'nixos';
  }
}

/** As a person would name it again. */
export function configurationText(configuration: Configuration): string {
  switch (configuration.kind) {
    case 'flake':
      return `${configuration.reference}#${configuration.host}`;
    case 'file':
      return `${configuration.path}${configuration.attribute === null ? '' : `#${configuration.attribute}`}`;
    case 'channel':
      return '<nixpkgs/nixos>';
  }
}
