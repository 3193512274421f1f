/** What rules find of space, disks and the store. Null = unknown. */
import type { DiskFound, VolumeFound } from './found-disk.ts';
import type { StoreFound } from './found-store.ts';

/** What lies there of that which a rebuild needs. */
export type SpaceRole = 'store' | 'build-directory' | 'temporary' | 'boot' | 'root';

/** A build, and what lies in its directory; `whole` false: it is more. */
export interface SpaceHolder {
  readonly build: string;
  readonly bytes: number;
  readonly whole: boolean;
}

export type SpaceFound =
  /** Little space is left, or few inodes. */
  | {
      readonly kind: 'space';
      readonly path: string;
      readonly mountPoint: string;
      readonly type: string;
      readonly what: 'bytes' | 'inodes';
      readonly availableBytes: number | null;
      readonly usedPercent: number | null;
      /** Of it the build directory, the store, /tmp, /boot lies there. */
      readonly role: SpaceRole;
      /** Builds that hold most of it, as far as that is seen; absent: of none. */
      readonly holders?: readonly SpaceHolder[];
    }
  /** At the pace of now it is full soon. */
  | {
      readonly kind: 'space-fills';
      readonly mountPoint: string;
      readonly type: string;
      readonly role: SpaceRole;
      readonly availableBytes: number;
      readonly bytesPerSec: number;
      readonly fullInSec: number;
      /** Builds that write most, as far as that is seen. */
      readonly writers: readonly { readonly build: string; readonly bytesPerSec: number }[];
      readonly holders?: readonly SpaceHolder[];
    }
  /** Builds, or a rebuild, that failed for want of space. */
  | {
      readonly kind: 'space-failed';
      /** Null: it cannot be told which. */
      readonly mountPoint: string | null;
      readonly type: string | null;
      readonly of: 'blocks' | 'inodes' | 'own-limit' | null;
      readonly builds: readonly string[];
      /** Another of the machine that has room, and that df / would show. */
      readonly roomy: { readonly mountPoint: string; readonly availableBytes: number } | null;
    }
  /** btrfs has given all its space to chunks, and those of metadata are nearly full. */
  | {
      readonly kind: 'chunks-full';
      readonly mountPoint: string;
      readonly unallocatedBytes: number;
      readonly metadataPercent: number;
      readonly dataPercent: number | null;
      /** Of its metadata, kept for deleting; absent where that is not what it lacks. */
      readonly reserveBytes?: number;
      /** What statfs(2) says, which holds for data alone. */
      readonly availableBytes: number | null;
    }
  /** Another kernel and initial RAM disk do not fit. */
  | {
      readonly kind: 'boot-small';
      readonly mountPoint: string;
      readonly availableBytes: number;
      readonly needBytes: number;
      readonly staleEntries: number | null;
    }
  /** A switch that could not write the boot menu. */
  | { readonly kind: 'boot-unwritten'; readonly exitCode: number | null; readonly over: boolean }
  /** What is written to the store lies in memory. */
  | {
      readonly kind: 'store-in-memory';
      readonly mountPoint: string;
      readonly upperMountPoint: string;
      readonly totalBytes: number | null;
      readonly availableBytes: number | null;
    }
  /** min-free is more than there is: collecting garbage never ends it. */
  | {
      readonly kind: 'collection-goal';
      readonly mountPoint: string;
      readonly minFreeBytes: number;
      readonly totalBytes: number;
    };

export type StorageFound = SpaceFound | DiskFound | VolumeFound | StoreFound;
