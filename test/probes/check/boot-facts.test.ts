import { expect, test } from 'vitest';
import type { BootPlace } from '../../../src/model/machine/places.ts';
import { readBootFacts } from '../../../src/probes/check/boot-facts.ts';
import { createFakeFiles, type FakeEntry } from '../../support/fake-files.ts';

const hash = (letter: string) => letter.repeat(32);
const place: BootPlace = {
  ...{ mountPoint: '/boot', type: 'vfat', totalBytes: 60e6, availableBytes: 9e6 },
  ...{ pairBytes: 52e6, staleEntries: null },
};

/** Generation `number` with the kernel and initrd of these letters. */
function generation(link: string, kernel: string, initrd: string): Record<string, FakeEntry> {
  return {
    [link]: { link: `/nix/store/${hash('s')}-nixos-system` },
    [`${link}/kernel`]: { link: `/nix/store/${hash(kernel)}-linux-6.6.58/bzImage` },
    [`${link}/initrd`]: { link: `/nix/store/${hash(initrd)}-initrd-linux-6.6.58/initrd` },
  };
}

function machine(more: Record<string, FakeEntry> = {}) {
  const files = createFakeFiles({
    ...generation('/nix/var/nix/profiles/system-64-link', 'a', 'b'),
    ...generation('/nix/var/nix/profiles/system-65-link', 'a', 'c'),
    ...generation('/nix/var/nix/profiles/system-profiles/test-1-link', 'a', 'd'),
    [`/boot/EFI/nixos/${hash('a')}-linux-6.6.58-bzImage.efi`]: '',
    [`/boot/EFI/nixos/${hash('b')}-initrd-linux-6.6.58-initrd.efi`]: '',
    [`/boot/EFI/nixos/${hash('d')}-initrd-linux-6.6.58-initrd.efi`]: '',
    [`/boot/EFI/nixos/${hash('x')}-linux-6.6.40-bzImage.efi`]: '',
    [`/boot/EFI/nixos/${hash('y')}-initrd-linux-6.6.40-initrd.efi`]: '',
    [`/boot/EFI/nixos/${hash('z')}-device-tree-overlays-board.dtb.efi`]: '',
    '/boot/EFI/nixos/.extra-files': '',
    '/boot/loader/entries/nixos-generation-65.conf.tmp': '',
    '/boot/loader/entries/nixos-generation-64.conf': '',
    ...more,
  });
  files.setOwner(`/boot/EFI/nixos/${hash('x')}-linux-6.6.40-bzImage.efi`, { bytes: 12e6 });
  files.setOwner(`/boot/EFI/nixos/${hash('y')}-initrd-linux-6.6.40-initrd.efi`, { bytes: 40e6 });
  return files;
}

test('kernels that no generation has, of the system and of other profiles, and what an attempt left', async () => {
  expect(await readBootFacts(place, null, machine())).toEqual({
    ...{ mountPoint: '/boot', freeBytes: 9e6, pairBytes: 52e6, coming: null },
    stale: { files: 2, bytes: 52e6 },
    temporaryFiles: 1,
  });
});

test('that of a specialisation, of the running and of the booted system are used', async () => {
  const files = machine({
    '/nix/var/nix/profiles/system-65-link/specialisation/work/kernel': {
      link: `/nix/store/${hash('x')}-linux-6.6.40/bzImage`,
    },
    '/run/booted-system/initrd': { link: `/nix/store/${hash('y')}-initrd-linux-6.6.40/initrd` },
  });
  expect((await readBootFacts(place, null, files)).stale).toEqual({ files: 0, bytes: 0 });
});

test('where a generation may not be looked into, or /boot not be listed, nobody calls a kernel stale', async () => {
  const closed = machine({ '/nix/var/nix/profiles/system-64-link/kernel': { problem: 'denied' } });
  expect((await readBootFacts(place, null, closed)).stale).toBeNull();
  for (const path of ['system-65-link/specialisation', 'system-profiles']) {
    const hung = machine({ [`/nix/var/nix/profiles/${path}`]: { problem: 'timeout' } });
    expect((await readBootFacts(place, null, hung)).stale).toBeNull();
  }
  const files = createFakeFiles({ '/boot/EFI/nixos': { problem: 'denied' } });
  expect(await readBootFacts(place, null, files)).toMatchObject({ stale: null, temporaryFiles: null });
});

const output = `/nix/store/${hash('s')}-nixos-system-box`;
const built = (kernel: string, initrd: string) => ({
  [`${output}/kernel`]: { link: `/nix/store/${hash(kernel)}-linux-6.6.58/bzImage` },
  [`${output}/initrd`]: { link: `/nix/store/${hash(initrd)}-initrd-linux-6.6.58/initrd` },
  '/run/current-system/kernel': { link: `/nix/store/${hash('a')}-linux-6.6.58/bzImage` },
});
const comingOf = async (tree: Record<string, FakeEntry>) => {
  const files = machine(tree);
  files.setOwner(`${output}/kernel`, { bytes: 12e6 });
  files.setOwner(`${output}/initrd`, { bytes: 40e6 });
  return (await readBootFacts(place, output, files)).coming;
};

test('of a system that is built: what of it does not lie there yet', async () => {
  expect(await comingOf(built('a', 'b'))).toEqual({ bytes: 52e6, missingBytes: 0 });
  expect(await comingOf(built('a', 'n'))).toEqual({ bytes: 52e6, missingBytes: 40e6 });
  expect(await comingOf({})).toBeNull();
  expect((await readBootFacts(place, output, machine())).coming).toBeNull();
});

test('where the running kernel is not found, files have other names, and nobody knows', async () => {
  const other = { '/run/current-system/kernel': { link: `/nix/store/${hash('q')}-linux-6.6.58/bzImage` } };
  expect(await comingOf({ ...built('a', 'n'), ...other })).toEqual({ bytes: 52e6, missingBytes: null });
});
