/** What rules find of disks, of what lies between them and file systems, and of file systems. Null = unknown. */

export type DiskFound =
  /** Requests wait and none has finished. */
  | {
      readonly kind: 'disk-stalled';
      readonly device: string;
      readonly stalledSec: number;
      readonly inFlight: number | null;
    }
  /** A handful of small requests take seconds each, again and again. */
  | {
      readonly kind: 'disk-slow';
      readonly device: string;
      readonly awaitSec: number;
      readonly perSec: number;
    }
  /** `newErrors`: by the counters, since we look; `said`: lines of the kernel; `what`: the worst of them. */
  | {
      readonly kind: 'disk-errors';
      readonly device: string;
      readonly newErrors: number | null;
      readonly said: number;
      readonly what: string | null;
    }
  /** The kernel's word for a device that is not as it should be: `offline`, `dead`. */
  | { readonly kind: 'disk-state'; readonly device: string; readonly state: string }
  | {
      readonly kind: 'smart';
      readonly device: string;
      readonly model: string | null;
      /** `past`, `history`, `cable`: what was, and is kept for ever. */
      readonly how: 'failing' | 'prefail' | 'spare' | 'sectors' | 'worn' | 'past' | 'history' | 'cable';
      readonly reallocated: number | null;
      readonly pending: number | null;
      readonly mediaErrors: number | null;
      readonly percentUsed: number | null;
    }
  | {
      readonly kind: 'bad-blocks';
      readonly device: string;
      readonly badBlocks: number;
      readonly checkedBytes: number;
    };

export type VolumeFound =
  /** Of device-mapper: all I/O waits until somebody resumes it. */
  | {
      readonly kind: 'layer-suspended';
      readonly device: string;
      readonly title: string | null;
      readonly carries: readonly string[];
    }
  /** Requests wait in it, and what lies below is not busy. */
  | {
      readonly kind: 'layer-stalled';
      readonly device: string;
      readonly title: string | null;
      readonly layer: 'crypt' | 'lvm' | 'multipath' | null;
      readonly stalledSec: number;
      readonly inFlight: number | null;
      readonly below: readonly { readonly device: string; readonly utilPercent: number | null }[];
    }
  /** Read from it, and from what lies below, by a probe. */
  | {
      readonly kind: 'layer-slow';
      readonly device: string;
      readonly bytesPerSec: number;
      readonly below: string;
      readonly belowBytesPerSec: number;
      readonly cipherBytesPerSec: number | null;
    }
  | {
      readonly kind: 'layer-errors';
      readonly device: string;
      readonly title: string | null;
      readonly said: number;
      readonly what: string;
    }
  /** md: members lack, or it reads or writes all of itself. `broken`: too many of them, its requests fail. */
  | {
      readonly kind: 'array';
      readonly device: string;
      readonly degraded: number;
      readonly broken: boolean;
      readonly action: string | null;
    }
  /** A pool of ZFS that is not ONLINE. */
  | { readonly kind: 'pool'; readonly pool: string; readonly state: string }
  | {
      readonly kind: 'filesystem-errors';
      readonly type: string;
      readonly name: string;
      readonly mountPoint: string | null;
      /** Since we look; null: only older ones, or what the kernel said. */
      readonly newErrors: number | null;
      readonly errors: number | null;
      readonly said: number;
    }
  | {
      readonly kind: 'read-only';
      readonly type: string;
      readonly name: string;
      readonly mountPoint: string | null;
    }
  /** btrfs: a balance, a replacement of a device, and so on: slow until it ends. */
  | {
      readonly kind: 'operation';
      readonly mountPoint: string | null;
      readonly name: string;
      readonly operation: string;
    }
  | {
      readonly kind: 'thin-full';
      readonly name: string;
      readonly dataPercent: number | null;
      readonly metadataPercent: number | null;
      /** LVM or the kernel says so: what writes to it waits or fails. */
      readonly over: boolean;
    }
  /** In LVM's words: `partial`, `refresh needed`, `mismatches exist`. */
  | { readonly kind: 'volume-state'; readonly name: string; readonly state: string }
  | { readonly kind: 'group-bad'; readonly name: string };
