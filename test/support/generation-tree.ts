/** A system profile for the fake file port, as NixOS lays it out. */
import type { FakeEntry, FakeFiles } from './fake-files.ts';
import { storePathOf } from './generation-fixture.ts';

export const systemProfilePath = '/nix/var/nix/profiles/system';

/** Generation 1 to `count`, the last one the default, running and booted. */
export function systemTree(count = 3): Record<string, FakeEntry> {
  const tree: Record<string, FakeEntry> = {
    [systemProfilePath]: { link: `system-${count}-link` },
    '/run/current-system': { link: systemPath(count) },
    '/run/booted-system': { link: systemPath(count) },
    '/proc/locks': '',
  };
  for (let number = 1; number <= count; number += 1) {
    const path = systemPath(number);
    const kernel = storePathOf(`linux-6.6.${number}`, number);
    tree[`${systemProfilePath}-${number}-link`] = { link: path };
    tree[path] = '(a directory)';
    tree[`${path}/nixos-version`] = `24.11.2024110${number}.abcdef0\n`;
    tree[`${path}/boot.json`] = JSON.stringify({ 'org.nixos.bootspec.v1': { kernel: `${kernel}/bzImage` } });
    tree[`${path}/kernel`] = { link: `${kernel}/bzImage` };
    tree[`${kernel}/bzImage`] = 'x';
    for (const file of ['bin/switch-to-configuration', 'activate', 'init', 'initrd', 'etc', 'sw']) {
      tree[`${path}/${file}`] = 'x';
    }
  }
  return tree;
}

export function systemPath(number: number): string {
  return storePathOf(`nixos-system-box-${number}`, number);
}

/** Moves the profile as nix-env does. */
export function switchTo(files: FakeFiles, number: number): void {
  files.set(systemProfilePath, { link: `system-${number}-link` });
}
