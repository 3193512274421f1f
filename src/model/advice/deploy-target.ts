/** The target of a deployment as it describes itself over ssh; what it could not say is null. */

export interface Target {
  readonly account: Account | null;
  /** `ID` and `VARIANT_ID` of os-release(5): `nixos`, `installer`. */
  readonly distribution: string | null;
  readonly variant: string | null;
  /** `uname -s`, `-m`, `-r`. */
  readonly kernelName: string | null;
  readonly machine: string | null;
  readonly kernelVersion: string | null;
  /** `docker`, `lxc`; `none` on a machine. */
  readonly container: string | null;
  /** Of those that were asked for. */
  readonly tools: readonly string[];
  readonly memory: TargetMemory | null;
  readonly mounts: readonly TargetMount[];
  readonly rooms: readonly TargetRoom[];
  readonly disks: readonly TargetDisk[];
  /** Further names of devices: `/dev/disk/by-id/…` of `/dev/sda`. */
  readonly links: readonly DeviceLink[];
  /** Devices and files that swap lies on. */
  readonly swaps: readonly string[];
  /** Imported ones. */
  readonly pools: readonly TargetPool[];
  readonly zfs: ZfsModule | null;
  readonly firmware: Firmware | null;
  readonly hasTpm: boolean;
  /** Eight hexadecimal digits: hostid(1). */
  readonly hostId: string | null;
  /** Unix seconds, when it was asked. */
  readonly timeSec: number | null;
  readonly nix: TargetNix | null;
  readonly caches: readonly TargetCache[];
  /** Kernel with initrd of the system that runs there, where it is a NixOS. */
  readonly bootBytes: number | null;
}

export interface Account {
  readonly uid: number;
  readonly name: string;
  readonly groups: readonly string[];
  /** How it becomes root without a password; null: it does not. */
  readonly privilege: 'root' | 'sudo' | 'doas' | null;
}

export interface TargetMemory {
  readonly totalBytes: number;
  readonly availableBytes: number;
  readonly swapBytes: number;
}

export interface TargetMount {
  readonly mountPoint: string;
  readonly type: string;
  readonly source: string;
}

/** Room of the file system that a path lies on: df(1). */
export interface TargetRoom {
  readonly path: string;
  readonly mountPoint: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
}

/** A block device of /sys/class/block with a size. */
export interface TargetDisk {
  /** `sda`, `nvme0n1p2`, `dm-0`. */
  readonly name: string;
  readonly bytes: number;
  readonly readOnly: boolean;
  /** The disk that it is a partition of. */
  readonly partOf: string | null;
  readonly model: string | null;
  /** Devices below it: of a mapping, of an array. */
  readonly below: readonly string[];
  /** Of the device mapper: `credstore`, and `CRYPT-LUKS2-…`. */
  readonly mapping: string | null;
  readonly mappingId: string | null;
}

export interface DeviceLink {
  readonly path: string;
  /** `/dev/sda`. */
  readonly device: string;
}

export interface TargetPool {
  readonly name: string;
  /** `/dev/sda2`. */
  readonly members: readonly string[];
}

export interface ZfsModule {
  readonly loaded: boolean;
  /** There for the kernel that runs. */
  readonly found: boolean;
  readonly version: string | null;
}

export interface Firmware {
  readonly efi: boolean;
  /** 32 or 64. */
  readonly bits: number | null;
}

export interface TargetNix {
  /** `2.34.8`. */
  readonly version: string | null;
  readonly trustedUsers: readonly string[] | null;
  /** nix.conf(5), bytes; 0: no automatic collection. */
  readonly minFreeBytes: number | null;
  readonly maxFreeBytes: number | null;
}

export interface TargetCache {
  readonly url: string;
  /** Null: no answer. */
  readonly httpStatus: number | null;
}
