/** Why a rebuild failed: one root cause, however many builds it took with it. */
import type { Download, SystemWanted } from './failure.ts';
import type { Position } from './position.ts';
import type { ToolFailure } from './tool-step.ts';

export type Cause =
  /**
   * `certain`: a kill of the build's user, near its end or shown by a line of its log; `likely`: of that user longer before,
   * or near its end, of a user that is not known.
   */
  | {
      readonly kind: 'out-of-memory';
      /** The machine's memory or swap, or the limit of a control group. */
      readonly scope: 'machine' | 'cgroup' | null;
      readonly cgroup: string | null;
      readonly certainty: 'certain' | 'likely';
      /** What was killed: `cc1plus`; the builder itself where it is null. */
      readonly process: string | null;
    }
  /** Signal 9 without the kernel's word, or ended by this program. */
  | { readonly kind: 'killed'; readonly by: 'us' | 'unknown' }
  | { readonly kind: 'signal'; readonly signal: number; readonly name: string | null }
  | { readonly kind: 'exit'; readonly code: number }
  | {
      readonly kind: 'space';
      /** `own-limit`: the file system has both left, so a quota or a smaller file system of the build's own. */
      readonly of: 'blocks' | 'inodes' | 'own-limit' | null;
      readonly mountPoint: string | null;
      readonly path: string | null;
      /** Nix's own guess from less than 8 MiB free, nothing else says it. */
      readonly guess: boolean;
    }
  | { readonly kind: 'timeout'; readonly seconds: number; readonly silent: boolean | null }
  | { readonly kind: 'log-limit'; readonly bytes: number }
  | {
      readonly kind: 'hash';
      readonly specified: string;
      readonly got: string;
      readonly url: string | null;
    }
  | {
      readonly kind: 'system';
      readonly reason: 'system' | 'features' | 'no-local-builds';
      readonly required: SystemWanted;
      readonly local: SystemWanted | null;
      /** Machines that would have it. */
      readonly offers: readonly string[];
    }
  /** `cache` null: the build's own download. */
  | ({ readonly kind: 'network'; readonly cache: string | null } & Partial<Download>)
  | { readonly kind: 'no-substituter'; readonly paths: readonly string[] }
  | { readonly kind: 'unsigned'; readonly path: string }
  | { readonly kind: 'remote'; readonly host: string }
  | { readonly kind: 'no-output'; readonly output: string }
  | { readonly kind: 'cycle'; readonly outputs: readonly string[] }
  | { readonly kind: 'not-deterministic'; readonly output: string | null }
  | ({ readonly kind: 'evaluation'; readonly recursion: boolean } & Position)
  | { readonly kind: 'daemon-memory' | 'daemon-gone' | 'interrupted' }
  | { readonly kind: 'tool'; readonly reason: ToolFailure['reason']; readonly names: readonly string[] }
  /** `told`: no words, but the exit code of Nix. */
  | { readonly kind: 'unknown'; readonly told?: 'timeout' | 'hash' };

export interface RootCause {
  readonly cause: Cause;
  /** Derivations that failed of it, the first one first; none for what is of no build. */
  readonly drvs: readonly string[];
  /** Not built because of them. */
  readonly dependents: readonly string[];
  readonly atMs: number;
  /** Nix's words, of the first. */
  readonly text: string;
  /** The last log lines of the first. */
  readonly lines: readonly string[];
}

/** What others know: everything that the log does not say. Absent is unknown. */
export interface Evidence {
  readonly oomKills?: readonly OomKill[];
  /** Builds that this program ended, by its journal. */
  readonly endedByUs?: readonly { readonly drv: string; readonly atMs: number }[];
  /** The user that a build ran as. */
  readonly uids?: ReadonlyMap<string, number>;
  /** `max-silent-time` and `timeout`; 0: none. */
  readonly limits?: { readonly silentSec: number; readonly totalSec: number };
  /** As they were when the build failed: once its directory is deleted there is room again. */
  readonly filesystems?: readonly FilesystemRoom[];
  /** Outside of the sandbox, in which it is `/build`. */
  readonly buildDirectory?: string;
  readonly machines?: readonly (SystemWanted & { readonly host: string })[];
  /** What a derivation needs directly (`inputDrvs`). */
  readonly inputs?: ReadonlyMap<string, readonly string[]>;
}

/** One kill of the kernel's OOM killer, from its log line; `uid` null where only the counter told it. */
export interface OomKill {
  readonly atMs: number;
  readonly uid: number | null;
  readonly process: string | null;
  readonly scope: 'machine' | 'cgroup' | null;
  readonly cgroup: string | null;
}

export interface FilesystemRoom {
  readonly mountPoint: string;
  readonly freeBytes: number;
  readonly freeInodes: number | null;
}
