/** What a configuration says about the machine that is to get it; null where it does not say or cannot be asked. */

export interface WantedSystem {
  /** `x86_64-linux`. */
  readonly system: string | null;
  readonly hostName: string | null;
  readonly hostId: string | null;
  readonly kernelVersion: string | null;
  /** `boot.zfs.enabled`. */
  readonly zfs: boolean | null;
  readonly zfsVersion: string | null;
  readonly fileSystems: readonly WantedFileSystem[];
  /** `disko.devices.disk`; null: the configuration has no disko. */
  readonly disks: readonly WantedDisk[] | null;
  readonly loader: WantedLoader;
  readonly sshd: boolean | null;
  /** `services.openssh.settings.PermitRootLogin`. */
  readonly rootLogin: string | null;
  /** Of root and of the members of wheel. */
  readonly keys: readonly WantedKey[];
  /** Whether something asks for a passphrase when it boots: LUKS devices, ZFS. */
  readonly asksAtBoot: boolean | null;
  /** `boot.initrd.network.ssh.enable`, by which it could be given from afar. */
  readonly initrdSsh: boolean | null;
}

export interface WantedFileSystem {
  readonly mountPoint: string;
  readonly device: string;
  readonly type: string;
  /** `nofail` or `noauto`: a boot goes on without it. */
  readonly optional: boolean;
}

export interface WantedDisk {
  readonly name: string;
  readonly device: string;
  /** Of its EFI system partitions, as written: `512M`, `100%`. */
  readonly espSizes: readonly string[];
}

export interface WantedLoader {
  readonly kind: 'systemd-boot' | 'grub' | 'other' | null;
  /** Whether it is started by EFI. */
  readonly efi: boolean | null;
  /** `boot.loader.efi.efiSysMountPoint`. */
  readonly mountPoint: string | null;
}

export interface WantedKey {
  readonly user: string;
  readonly key: AuthorizedKey;
}

/** A line of authorized_keys(5). */
export interface AuthorizedKey {
  /** `ssh-ed25519`; null where the line is none. */
  readonly type: string | null;
  /** Base64 as it stands there. */
  readonly blob: string | null;
  readonly comment: string | null;
  /** It is cut or broken: not as long as it says, or of another type than it says. */
  readonly damaged: boolean;
}
