/** What of the machine's file systems a rebuild uses, and for what; beside how full they are. Null = not told. */

export interface PlacesRaw {
  /** `build-dir` of nix.conf, else `/nix/var/nix/builds` where that exists; null: the version of Nix decides. */
  readonly buildDirectory: string | null;
  /** `min-free` of nix.conf: with less, builds collect garbage by themselves. Null: not set. */
  readonly minFreeBytes: number | null;
  /** Of overlays among the file systems of interest: where what is written to them goes. */
  readonly upperLayers: readonly UpperLayer[];
  /** Where kernels for the boot loader lie, on a file system of its own; null: there is none. */
  readonly boot: BootPlace | null;
  /** Looked at only while the file system that builds run on fills up or is short; absent = not. */
  readonly buildSizes?: readonly BuildSize[];
}

/** What lies in the directory of one build. */
export interface BuildSize {
  readonly path: string;
  /** Who builds there. */
  readonly uid: number | null;
  readonly bytes: number;
  /** False: there are too many files to look at all of them, and it holds more. */
  readonly whole: boolean;
}

export interface UpperLayer {
  /** Of the overlay. */
  readonly mountPoint: string;
  readonly upperMountPoint: string;
  readonly upperType: string;
}

export interface BootPlace {
  readonly mountPoint: string;
  readonly type: string;
  readonly totalBytes: number | null;
  readonly availableBytes: number | null;
  /** Kernel and initial RAM disk of the running configuration: what another kernel takes, about. */
  readonly pairBytes: number | null;
  /** Entries of the boot menu whose generation is deleted; null: they may not be listed. */
  readonly staleEntries: number | null;
}

/** In memory: what is written there is gone after the next boot, and takes memory until then. */
export const memoryTypes: ReadonlySet<string> = new Set(['tmpfs', 'ramfs']);
