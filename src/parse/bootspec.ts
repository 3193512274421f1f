/** `boot.json` of a NixOS generation: which kernel and initrd it boots (NixOS RFC 125, "Bootspec"). */
import { nameOfStorePath } from '../model/store-path.ts';

export interface Bootspec {
  readonly kernel: string | null;
  readonly initrd: string | null;
}

/**
 * `{"org.nixos.bootspec.v1": {"kernel": "/nix/store/…-linux-6.6.58/bzImage", "initrd": "/nix/store/…", …}}`;
 * before the RFC was settled the key was `v1`. Null where it is neither.
 */
export function parseBootspec(text: string): Bootspec | null {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return null;
  }
  const spec = field(json, 'org.nixos.bootspec.v1') ?? field(json, 'v1');
  if (typeof spec !== 'object' || spec === null) return null;
  const path = (value: unknown) => (typeof value === 'string' && value.startsWith('/') ? value : null);
  return { kernel: path(field(spec, 'kernel')), initrd: path(field(spec, 'initrd')) };
}

function field(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Record<string, unknown>)[name];
}

/** `/nix/store/<hash>-linux-6.6.58/bzImage` is 6.6.58; other flavours keep their name: `zen-6.11.5`. */
export function kernelOfPath(path: string): string | null {
  const name = nameOfStorePath(path);
  return name === null ? null : name.replace(/^linux-(?=.*\d)/, '');
}
