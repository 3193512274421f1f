/** What rules find of space, disks and the store. Null = unknown. */

export type StorageFound =
  /** Little space is left, or few inodes. */
  {
    readonly kind: 'space';
    readonly path: string;
    readonly mountPoint: string;
    readonly type: string;
    readonly what: 'bytes' | 'inodes';
    readonly availableBytes: number | null;
    readonly usedPercent: number | null;
    /** Of it the build directory, the store, /tmp, /boot lies there. */
    readonly role: 'store' | 'build-directory' | 'temporary' | 'boot' | 'root';
  };
