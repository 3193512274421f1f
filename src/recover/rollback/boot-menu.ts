/** What the machine boots next, as its boot loader has it written down. */
import type { Generation } from '../../model/nix-store/generations.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { type MenuDefault, parseFirstEntry, parseLoaderConf } from '../../parse/boot-menu.ts';
import type { Files } from '../../platform/ports.ts';

export type BootMenu =
  | { readonly state: 'read'; readonly path: string; readonly byDefault: MenuDefault }
  /** No boot loader that is known here: a container, or one of another kind. */
  | { readonly state: 'none' }
  | { readonly state: 'unknown'; readonly why: string };

const menus: readonly (readonly [path: string, parse: (text: string) => MenuDefault | null])[] = [
  ['/boot/loader/loader.conf', parseLoaderConf],
  ['/efi/loader/loader.conf', parseLoaderConf],
  ['/boot/efi/loader/loader.conf', parseLoaderConf],
  ['/boot/grub/grub.cfg', parseFirstEntry],
  ['/boot/extlinux/extlinux.conf', parseFirstEntry],
];

export async function readBootMenu(files: Files): Promise<BootMenu> {
  let unknown: string | null = null;
  for (const [path, parse] of menus) {
    const text = await files.readSlow(path, { ...slowly, maxBytes: 1 << 20 });
    if (!text.ok) {
      if (text.problem.kind !== 'gone') unknown ??= `${path}: ${text.problem.kind}`;
      continue;
    }
    const byDefault = parse(text.value);
    if (byDefault !== null) return { state: 'read', path, byDefault };
    unknown ??= `${path} names no generation`;
  }
  return unknown === null ? { state: 'none' } : { state: 'unknown', why: unknown };
}

export function boots(byDefault: MenuDefault, { number, storePath }: Generation): boolean {
  return byDefault.kind === 'generation' ? byDefault.number === number : byDefault.storePath === storePath;
}
