/** What a rebuild will meet, as it was read before it: raw, each part with its own problem. */
import type { Problem, Result } from '../../base/problem.ts';
import type { EvaluationRun, ProbeValues } from '../diagnosis/probe-values.ts';
import type { Model } from '../model.ts';

export interface RebuildFacts {
  /** Of two looks at the machine. */
  readonly machine: MachineFacts;
  /** Null: the evaluation was left out. */
  readonly dryRun: Result<DryRun> | null;
  readonly settings: Result<NixSettings>;
  /** Null: kernels lie on no file system of their own. */
  readonly boot: BootFacts | null;
  readonly memoryLimit: MemoryLimit | null;
  readonly state: StateFacts;
  /**
   * The daemon asked, where its socket is there and nobody is seen to listen: in another network namespace nobody would
   * be. What Nix said where it did not answer, null where it did. Null instead: there was no need to ask.
   */
  readonly daemonSaid: Result<string | null> | null;
  /** By address, in the order in which nix.conf names them. */
  readonly caches: readonly { readonly address: string; readonly found: Result<ProbeValues['cache']> }[];
  readonly builders: readonly BuilderFacts[];
  /** Files of `builders` that we may not read. */
  readonly unreadMachines: readonly Problem[];
  /** Lines of `builders` that Nix refuses, with why. */
  readonly refusedMachines: readonly { readonly line: string; readonly why: string }[];
  readonly units: Result<ProbeValues['units']>;
  /** We are root: what a connection needs is ours as it is the daemon's. */
  readonly asRoot: boolean;
}

export type MachineFacts = Pick<
  Model,
  | 'filesystems'
  | 'places'
  | 'memory'
  | 'cpu'
  | 'health'
  | 'host'
  | 'daemon'
  | 'clients'
  | 'builds'
  | 'findings'
  | 'readAtMs'
>;

/** Those of nix.conf that decide whether a plan can be carried out; null where this Nix does not tell. */
export interface NixSettings {
  readonly maxJobs: number | null;
  /** 0: all of them. */
  readonly cores: number | null;
  readonly system: string | null;
  readonly platforms: readonly string[];
  readonly features: readonly string[] | null;
  /** Null: not set. */
  readonly minFreeBytes: number | null;
  readonly substituters: readonly string[];
}

/** The configuration evaluated, and what Nix would do for it. */
export interface DryRun {
  readonly run: EvaluationRun;
  /** What was written to stderr: its beginning and its end. */
  readonly said: readonly string[];
  /** Null: the evaluation did not come to its end. */
  readonly plan: Result<Plan> | null;
}

export interface Plan {
  /** Where the system itself will lie; null: only its build tells. */
  readonly output: string | null;
  readonly builds: readonly PlannedBuild[];
  /** Store paths that will be fetched. */
  readonly fetches: readonly string[];
  readonly downloadBytes: number | null;
  readonly unpackedBytes: number | null;
  /** That Nix does not know how to get. */
  readonly unknown: readonly string[];
  /** Of `builds` whose files hold nothing: after a crash. */
  readonly empty: readonly string[];
}

export interface PlannedBuild {
  readonly drv: string;
  /** Null: its file was not read. */
  readonly wants: Requirements | null;
}

export interface Requirements {
  /** `builtin`: any. */
  readonly system: string;
  readonly features: readonly string[];
  /** preferLocalBuild: it is built here even where max-jobs is 0. */
  readonly prefersLocal: boolean;
}

export interface BootFacts {
  readonly mountPoint: string;
  readonly freeBytes: number | null;
  /** Of the running system; null: not known. */
  readonly pairBytes: number | null;
  /** Kernel and initrd of the system that will come, where it is built already; null: it is not. */
  readonly coming: {
    readonly bytes: number;
    /** Of them what does not lie there; null: the boot loader names its files in a way that is not known here. */
    readonly missingBytes: number | null;
  } | null;
  /** Files of kernels that no generation has; null: they may not be listed. */
  readonly stale: { readonly files: number; readonly bytes: number } | null;
  /** Left behind by a boot loader that was interrupted or had no room. */
  readonly temporaryFiles: number | null;
}

/** The tightest of the cgroups that we, and what is started from here, are in. */
export interface MemoryLimit {
  readonly cgroup: string;
  readonly limitBytes: number;
  readonly usedBytes: number;
}

export interface StateFacts {
  /** /nix/var/nix/db lies on a file system that takes no writes. */
  readonly readOnly: Result<boolean>;
  /** Of db.sqlite; `sqlite`: it begins as a database of SQLite does, null: not readable. */
  readonly database: Result<{ readonly bytes: number; readonly sqlite: boolean | null }>;
}

export interface BuilderFacts {
  readonly address: string;
  /** Of its line; empty: that of this machine. */
  readonly systems: readonly string[];
  readonly features: readonly string[];
  /** Of `features`: it takes nothing that does not want them. */
  readonly mandatory: readonly string[];
  readonly found: Result<ProbeValues['builder']>;
}
