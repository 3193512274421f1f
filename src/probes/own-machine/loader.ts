/** Which boot loader NixOS writes here: what the system that runs would call, or what lies on /boot. */
import { fail, ok, orNull, type Result } from '../../base/problem.ts';
import type { BootLoader } from '../../model/recover/own-machine.ts';
import { slowly } from '../../nix-store/generation-soundness.ts';
import { parseGrubState } from '../../parse/grub-state.ts';
import { type Mount, mountOf, parseMounts } from '../../parse/mountinfo-mounts.ts';
import type { Files } from '../../platform/ports.ts';

type Kind = BootLoader['kind'] | 'lanzaboote' | 'raspberry';

export async function readLoader(files: Files): Promise<Result<BootLoader>> {
  const mounts = parseMounts(
    orNull(files.read('/proc/self/mountinfo')) ?? orNull(files.read('/proc/1/mountinfo')) ?? '',
  );
  const kind = (await kindOfSystem(files)) ?? (await kindOnBoot(files, mounts));
  const hasVariables = (await files.ownerSlow('/sys/firmware/efi/efivars', slowly)).ok;
  switch (kind) {
    case null:
      return fail('gone', '/boot', 'no boot loader was found that NixOS writes');
    case 'lanzaboote':
      return fail(
        'unsupported',
        'Lanzaboote',
        'what it signs only it can write; go back to a generation instead',
      );
    case 'raspberry':
      return fail('unsupported', 'the boot loader of the Raspberry Pi', 'newer NixOS has none for it');
    case 'extlinux':
      return ok({ kind });
    case 'systemd-boot':
      return ok({ kind, esp: espOf(mounts) ?? '/boot', variables: hasVariables });
    case 'grub':
      return grubOf(files, mounts, hasVariables);
  }
}

const names: readonly (readonly [RegExp, Kind])[] = [
  [/-(?:lzbt|lanzaboote)/, 'lanzaboote'],
  [/-(?:install-)?systemd-boot/, 'systemd-boot'],
  [/-install-grub/, 'grub'],
  [/-extlinux-conf-builder/, 'extlinux'],
  [/-raspberrypi-builder/, 'raspberry'],
];

/** `INSTALL_BOOTLOADER='/nix/store/…-install-systemd-boot.sh'` in the script around it; before 24.11 in the script itself. */
async function kindOfSystem(files: Files): Promise<Kind | null> {
  const text = await files.readSlow('/run/current-system/bin/switch-to-configuration', slowly);
  const paths = (orNull(text) ?? '').match(/\/nix\/store\/[0-9a-z]{32}-[^\s'"]+/g) ?? [];
  for (const [pattern, kind] of names) if (paths.some((path) => pattern.test(path))) return kind;
  return null;
}

async function kindOnBoot(files: Files, mounts: readonly Mount[]): Promise<Kind | null> {
  const esp = espOf(mounts) ?? '/boot';
  const places: readonly (readonly [string, Kind])[] = [
    [`${esp}/EFI/systemd`, 'systemd-boot'],
    [`${esp}/loader/loader.conf`, 'systemd-boot'],
    ['/boot/grub/grub.cfg', 'grub'],
    ['/boot/extlinux/extlinux.conf', 'extlinux'],
  ];
  for (const [path, kind] of places) if ((await files.ownerSlow(path, slowly)).ok) return kind;
  return null;
}

function espOf(mounts: readonly Mount[]): string | null {
  const places = ['/boot', '/boot/efi', '/efi', '/boot/EFI'];
  return (
    places.find((at) => mounts.some(({ mountPoint, type }) => mountPoint === at && type === 'vfat')) ?? null
  );
}

async function grubOf(
  files: Files,
  mounts: readonly Mount[],
  variables: boolean,
): Promise<Result<BootLoader>> {
  const state = parseGrubState(orNull(await files.readSlow('/boot/grub/state', slowly)) ?? '');
  const isFirmware = state === null ? variables && espOf(mounts) !== null : state.efi !== 'no';
  const esp = isFirmware ? (state?.esp ?? espOf(mounts)) : null;
  const told = state?.devices.filter((one) => one !== 'nodev') ?? [];
  if (esp !== null && (state === null || told.length === 0))
    return ok({ kind: 'grub', devices: ['nodev'], esp, variables });
  const disk = told.length > 0 ? told : await diskOf('/boot', mounts, files);
  if (disk.length === 0)
    return fail('gone', '/boot/grub/state', 'GRUB is there, but on which disk is not known');
  return ok({ kind: 'grub', devices: disk, esp, variables });
}

/** That the boot sector of its disk loads; none where it lies on LUKS, LVM or more than one disk. */
async function diskOf(path: string, mounts: readonly Mount[], files: Files): Promise<readonly string[]> {
  const device = mountOf(path, mounts)?.device;
  const place = device === undefined ? null : orNull(files.link(`/sys/dev/block/${device}`));
  // `../../devices/pci0000:00/…/block/sda/sda1`
  const [, disk] = /\/block\/([^/]+)(?:\/[^/]+)?$/.exec(place ?? '') ?? [];
  if (disk === undefined || /^(?:dm-|md|loop|zram|sr)/.test(disk)) return [];
  const ids = orNull(await files.listSlow('/dev/disk/by-id', slowly)) ?? [];
  for (const id of ids.filter((one) => /^(?:ata|nvme|scsi|virtio|usb)-/.test(one)).toSorted()) {
    const target = orNull(await files.linkSlow(`/dev/disk/by-id/${id}`, slowly));
    if (target?.endsWith(`/${disk}`)) return [`/dev/disk/by-id/${id}`];
  }
  return [`/dev/${disk}`];
}
