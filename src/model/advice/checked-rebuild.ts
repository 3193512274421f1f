/** What `check rebuild` finds, a kind an item. Null = not known. */
import type { Found } from '../diagnosis/found.ts';
import type { EvaluationRun } from '../diagnosis/probe-values.ts';
import type { EvaluationCause } from './evaluation-cause.ts';

export type RebuildFound =
  | EvaluationFound
  | SpaceFound
  | MachineFound
  | {
      readonly kind: 'cache';
      readonly address: string;
      readonly reachable: boolean;
      readonly sec: number | null;
      readonly httpStatus: number | null;
      readonly bytesPerSec: number | null;
      readonly trusted: boolean | null;
      readonly keys: readonly string[];
      /** It is of another store directory: nothing of it is of use. */
      readonly otherStore: string | null;
      readonly said: string | null;
    }
  | {
      readonly kind: 'builder';
      readonly address: string;
      readonly reachable: boolean;
      readonly sec: number | null;
      readonly nixVersion: string | null;
      /** That its line promises, and it does not have. */
      readonly lacks: readonly string[];
      readonly said: string | null;
    }
  | {
      readonly kind: 'machines';
      readonly refused: readonly { readonly line: string; readonly why: string }[];
    }
  | FeaturesFound;

export type EvaluationFound = {
  readonly kind: 'evaluation';
  readonly configuration: string;
  readonly end: EvaluationRun['end'];
  readonly sec: number;
  readonly peakBytes: number | null;
  readonly limitSec: number;
  readonly limitBytes: number;
  /** In Nix's words. */
  readonly error: string | null;
  /** What is known of that error. */
  readonly cause: EvaluationCause | null;
  /** There is no configuration of that name. */
  readonly lacksName: boolean;
  /** It was killed, and not by us: by the limit of our own cgroup where it has one, else for want of memory. */
  readonly killed: { readonly cgroup: string | null; readonly limitBytes: number | null } | null;
  /** Of the machine, at that time. */
  readonly availableBytes: number | null;
  /** It wants to build while it evaluates, which a check does not. */
  readonly wantsBuild: boolean;
  /** What Nix would do. */
  readonly plan: {
    readonly builds: number;
    readonly fetches: number;
    readonly downloadBytes: number | null;
    readonly unpackedBytes: number | null;
    readonly unknown: readonly string[];
    readonly empty: readonly string[];
  } | null;
  /** Why there is no plan; `refused`: Nix itself makes none, as it will make none for a rebuild. */
  readonly unplanned: string | null;
  readonly refused: boolean;
};

/** Room of one file system against what will come. */
export type SpaceFound =
  | {
      readonly kind: 'store-space';
      readonly mountPoint: string;
      readonly freeBytes: number;
      /** What the dry run says will be unpacked there. */
      readonly neededBytes: number | null;
      /** Builds, whose size nobody knows before. */
      readonly builds: number | null;
    }
  | {
      readonly kind: 'store-inodes';
      readonly mountPoint: string;
      readonly freeInodes: number;
      /** Paths that will be fetched or built. */
      readonly paths: number | null;
    }
  | {
      readonly kind: 'store-in-memory';
      readonly mountPoint: string;
      /** Where what is written goes. */
      readonly upperMountPoint: string;
      readonly freeBytes: number | null;
      readonly neededBytes: number | null;
    }
  | {
      readonly kind: 'collection-goal';
      readonly mountPoint: string;
      readonly minFreeBytes: number;
      readonly totalBytes: number;
      readonly freeBytes: number;
    }
  | {
      readonly kind: 'build-directory';
      readonly path: string;
      readonly mountPoint: string;
      readonly type: string;
      readonly freeBytes: number;
      readonly freeInodes: number | null;
      readonly builds: number | null;
      /** Of them those that are known to take much, with what they take at least. */
      readonly large: readonly { readonly name: string; readonly bytes: number }[];
    }
  | {
      readonly kind: 'temporary';
      readonly mountPoint: string;
      readonly type: string;
      readonly freeBytes: number;
      readonly freeInodes: number | null;
    }
  | {
      readonly kind: 'boot';
      readonly mountPoint: string;
      readonly freeBytes: number;
      readonly neededBytes: number;
      /** That of the system that will come, or of the running one; false: a usual size, as neither is known. */
      readonly measured: boolean;
      /** Kernel or initrd are built or fetched; false: they are those that lie there. */
      readonly newKernel: boolean | null;
      readonly staleFiles: number | null;
      readonly staleBytes: number | null;
      readonly temporaryFiles: number | null;
    };

export type MachineFound =
  | {
      readonly kind: 'memory';
      readonly availableBytes: number;
      readonly totalBytes: number | null;
      readonly swapFreeBytes: number | null;
      /** Of our own cgroup, where that leaves less than the machine has. */
      readonly limit: { readonly cgroup: string; readonly limitBytes: number } | null;
      /** What was estimated, and from what. */
      readonly evaluationBytes: number | null;
      readonly largeBuilds: number;
      /** Processes that were killed for want of memory since boot. */
      readonly oomKills: number | null;
      readonly buildBytes: number | null;
    }
  /** `said`: why it does not answer; null: it does, or listens. */
  | { readonly kind: 'daemon'; readonly said: string | null }
  | { readonly kind: 'store-writable'; readonly readOnly: boolean }
  | { readonly kind: 'database'; readonly bytes: number; readonly sqlite: boolean | null }
  | {
      readonly kind: 'running';
      readonly others: readonly {
        readonly pid: number;
        readonly command: string;
        /** It puts a configuration in force: another switch waits for it, or is refused. */
        readonly switches: boolean;
      }[];
    }
  | { readonly kind: 'switch-unit'; readonly units: readonly string[] }
  | { readonly kind: 'disks'; readonly found: readonly Found[] };

/** What the plan's builds want, against who is there. */
export type FeaturesFound = {
  readonly kind: 'features';
  readonly builds: number;
  /** Builds whose files could not be read, or were too many to be looked at. */
  readonly unread: number;
  readonly lacking: readonly LackingFeatures[];
  readonly here: {
    readonly platforms: readonly string[];
    readonly features: readonly string[] | null;
    readonly maxJobs: number | null;
    /** `system-features` of nix.conf replaces what Nix has by itself. */
    readonly replaced: boolean;
    /** /dev/kvm is there. */
    readonly kvm: boolean | null;
  };
  readonly builders: readonly {
    readonly address: string;
    readonly platforms: readonly string[];
    readonly features: readonly string[];
    readonly reachable: boolean | null;
  }[];
};

/** Builds that want the same, which nobody who is reached offers. */
export interface LackingFeatures {
  readonly system: string;
  readonly features: readonly string[];
  /** Of `features` what this machine lacks. */
  readonly missingHere: readonly string[];
  readonly builds: number;
  readonly example: string;
  /** Builders that offer it, and did not answer, or could not be asked. */
  readonly unreached: readonly string[];
  /** One of them might answer the daemon. */
  readonly perhaps: boolean;
}
