/** `boot.json` of a NixOS generation: which kernel and initrd it boots (NixOS RFC 125, "Bootspec"). */

import { isFields, parseJsonObject } from '../base/fields.ts';
import { nameOfStorePath } from '../model/nix-store/store-path.ts';

export interface Bootspec {
  readonly kernel: string | null;
  readonly initrd: string | null;
}

/**
 * `{"org.nixos.bootspec.v1": {"kernel": "/nix/store/…-linux-6.6.58/bzImage", "initrd": "/nix/store/…", …}}`;
 * before the RFC was settled the key was `v1`. Null where it is neither.
 */
export function parseBootspec(text: string): Bootspec | null {
  const json = parseJsonObject(text);
  const spec = field(json, 'org.nixos.bootspec.v1') ?? field(json, 'v1');
  if (!isFields(spec)) return null;
  const path = (value: unknown) => (typeof value === 'string' && value.startsWith('/') ? value : null);
  return { kernel: path(field(spec, 'kernel')), initrd: path(field(spec, 'initrd')) };
}

function field(value: unknown, name: string): unknown {
  return isFields(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** `/nix/store/<hash>-linux-6.6.58/bzImage` is 6.6.58; other flavours keep their name: `zen-6.11.5`. */
export function kernelOfPath(path: string): string | null {
  const name = nameOfStorePath(path);
  return name === null ? null : name.replace(/^linux-(?=.*\d)/, '');
}
