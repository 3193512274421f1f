/** What the boot loaders of NixOS boot by default: by the generation's number, or by the system's store path. */
import { bootedSystemOf } from './boot-records.ts';

export type MenuDefault =
  | { readonly kind: 'generation'; readonly number: number }
  | { readonly kind: 'system'; readonly storePath: string };

/** loader.conf of systemd-boot (systemd-boot-builder.py): `default nixos-generation-42.conf`. */
export function parseLoaderConf(text: string): MenuDefault | null {
  const digits = /^default\s+nixos-generation-(\d{1,15})(?:[-.+*]|$)/m.exec(text)?.[1];
  return digits === undefined ? null : { kind: 'generation', number: Number(digits) };
}

/** grub.cfg (install-grub.pl) and extlinux.conf (extlinux-conf-builder.sh): the default system stands first. */
export function parseFirstEntry(text: string): MenuDefault | null {
  for (const line of text.split('\n')) {
    const storePath = bootedSystemOf(line);
    if (storePath !== null) return { kind: 'system', storePath };
  }
  return null;
}
