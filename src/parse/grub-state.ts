/** /boot/grub/state: where NixOS has put GRUB (nixos/modules/system/boot/loader/grub/install-grub.pl). */

export interface GrubState {
  /** Started by the firmware, from a disk, or either way. */
  readonly efi: 'no' | 'only' | 'both';
  /** `/dev/disk/by-id/…`, `nodev`. */
  readonly devices: readonly string[];
  readonly esp: string | null;
}

/** Five lines: name, version, `no` / `only` / `both`, devices with commas between them, where the ESP is mounted. */
export function parseGrubState(text: string): GrubState | null {
  const [, version, efi, devices = '', esp = ''] = text.split('\n').map((line) => line.trim());
  if (version === undefined || (efi !== 'no' && efi !== 'only' && efi !== 'both')) return null;
  return {
    efi,
    devices: devices.split(',').filter((one) => one.startsWith('/') || one === 'nodev'),
    esp: esp.startsWith('/') ? esp : null,
  };
}
