/** What rules find of those who wait: locks, caches, builders, hooks, units. Null = unknown. */
import type { ProcessIdentity } from '../../base/identity.ts';
import type { SystemWanted } from '../rebuild/failure.ts';
import type { VerdictState } from './verdict.ts';

/** What went wrong with a cache last, as its answer or curl tells. */
export type CacheTrouble =
  /** No answer in time. */
  | 'timeout'
  /** Nix's own resolver gave up: whether DNS works is another question (NixOS/nix#13466). */
  | 'resolver'
  /** The name is not known. */
  | 'unresolved'
  | 'refused'
  | 'tls'
  | 'http'
  | 'other';

/** A child of Nix that is no build, and the process below it that it stands for. */
export interface HookProcess extends ProcessIdentity {
  /** `upload.sh`. */
  readonly program: string;
  /** The deepest below it, `curl`; null: it waits for itself. */
  readonly child: { readonly pid: number; readonly program: string } | null;
  /** Function of the kernel in which the deepest one sleeps; null: it cannot be seen. */
  readonly wchan: string | null;
  /** Of it and all below it; null on the first sight. */
  readonly cpuPercent: number | null;
}

export type WaitFound =
  /** A cache that a probe has asked. `none`: what answers is no cache. `untrusted`: Nix here takes nothing of it. */
  | {
      readonly kind: 'cache-asked';
      readonly cache: string;
      readonly fault: 'unreachable' | 'status' | 'none' | 'untrusted';
      readonly httpStatus: number | null;
      /** Names of the keys that it signs with. */
      readonly keys: readonly string[];
      readonly said: string | null;
    }
  /** A builder that a probe has asked. `untrusted`: it takes only what is signed by a key that it trusts. */
  | {
      readonly kind: 'builder-asked';
      readonly host: string;
      readonly fault: 'unreachable' | 'untrusted';
      readonly said: string | null;
    }
  /** Clients or builds wait for a lock that somebody holds. */
  | {
      readonly kind: 'lock-held';
      readonly path: string | null;
      readonly holderPid: number | null;
      readonly holder: string | null;
      readonly waiting: number;
      readonly holderState: VerdictState | null;
    }
  /** A garbage collection holds the big lock. `trash`: it empties what an interrupted one has left behind. */
  | {
      readonly kind: 'garbage-collection';
      readonly holderPid: number | null;
      readonly holder: string | null;
      readonly waiting: number;
      /** Names of who waits, as far as they are seen. */
      readonly waiters: readonly string[];
      readonly trash: boolean | null;
      /** Inodes that became free since it was first seen, and a second; null where the file system counts none. */
      readonly freedFiles: number | null;
      readonly filesPerSec: number | null;
    }
  /** One client at a time copies to a builder. `uploaded`: nothing of the holder's is on its way any more. */
  | {
      readonly kind: 'upload-lock';
      readonly host: string;
      readonly holderPid: number | null;
      readonly holder: string | null;
      readonly waiting: number;
      readonly uploaded: boolean | null;
    }
  /** What Nix says that it waits for, whoever has it. */
  | {
      readonly kind: 'resource-awaited';
      readonly what: 'build-user' | 'store-lock' | 'profile' | 'database';
      readonly path: string | null;
      readonly waiting: number;
    }
  | {
      readonly kind: 'cache-trouble';
      readonly cache: string;
      readonly why: CacheTrouble | null;
      readonly httpStatus: number | null;
      readonly asked: number;
      readonly answered: number;
      readonly unanswered: number;
      /** Open for longer than an answer takes. */
      readonly open: number;
      readonly retries: number;
      readonly answerSec: number | null;
      /** Of the rebuild, while nothing was built. */
      readonly lostSec: number;
    }
  /** Transfers bring nothing, or next to nothing (`bytesPerSec`). Bytes are those of the one that stands for longest. */
  | {
      readonly kind: 'transfer-stalled';
      readonly peer: string;
      readonly direction: 'fetch' | 'send';
      readonly path: string | null;
      readonly bytes: number;
      readonly expectedBytes: number | null;
      readonly bytesPerSec: number;
      readonly transfers: number;
    }
  /** An evaluation copies a source to the store; `readBytes` since it was first seen. */
  | {
      readonly kind: 'source-copied';
      readonly path: string;
      readonly readBytes: number | null;
      /** Null: it cannot be seen. */
      readonly moves: boolean | null;
    }
  /** Nothing is heard of builds on another machine. `legacy`: over ssh://, where a full log stands for ever. */
  | {
      readonly kind: 'builder-silent';
      readonly host: string;
      readonly builds: number;
      /** Of the one that is silent for longest. */
      readonly build: string;
      readonly legacy: boolean | null;
    }
  /** No machine may build it: one for each system and set of features. */
  | {
      readonly kind: 'no-machine';
      readonly required: SystemWanted;
      /** What this machine lacks: `system`, features, or `local builds` where max-jobs is 0. */
      readonly missing: readonly string[];
      /** The first one, and how many of its kind. */
      readonly drv: string | null;
      readonly count: number;
      readonly local: SystemWanted | null;
      /** What the builders offer. */
      readonly machines: readonly SystemWanted[];
      /** /dev/kvm is there; null: not known. */
      readonly kvm: boolean | null;
    }
  /** Builds wait until one of the builders is free. */
  | { readonly kind: 'no-free-machine'; readonly waiting: number; readonly running: number }
  /** `blocks`: nothing else of the rebuild goes on. */
  | {
      readonly kind: 'hook-waits';
      /** `post-build`: its log says so; null: a child of Nix that is no build. */
      readonly hook: 'post-build' | null;
      readonly drv: string | null;
      readonly process: HookProcess | null;
      readonly blocks: boolean | null;
    }
  /** A switch stands still for a unit of systemd. `older`: another switch, for which a new one waits. */
  | {
      readonly kind: 'switch-waits';
      readonly pid: number;
      readonly tool: string;
      readonly unit: string | null;
      readonly older: {
        readonly pid: number;
        readonly ageSec: number | null;
        readonly unit: string | null;
      } | null;
    }
  /** The unit of an earlier switch is there, and nobody in it. `waiter`: whom it keeps; null: it gave up. */
  | { readonly kind: 'switch-left-over'; readonly unit: string; readonly waiterPid: number | null }
  /** Units of Nix that have failed, as systemd says to a probe. */
  | { readonly kind: 'units-failed'; readonly units: readonly string[] }
  /** An activation stands in one step. */
  | {
      readonly kind: 'activation-stands';
      readonly pid: number;
      readonly tool: string;
      readonly step: string | null;
      readonly child: { readonly pid: number; readonly command: string } | null;
    }
  /** A switch ended, and not all is well: three things that are true or not by themselves. Null: its log does not say. */
  | {
      readonly kind: 'switch-incomplete';
      readonly running: 'new' | 'old' | null;
      readonly bootDefault: 'new' | 'old' | null;
      readonly failedUnits: readonly string[];
      /** Those of them that systemd starts again by itself. */
      readonly restarting: readonly string[];
      readonly exitCode: number | null;
    }
  /** A rebuild that nobody sits before: a timer started it. */
  | {
      readonly kind: 'unattended';
      readonly command: string;
      readonly unit: string | null;
      /** The build that takes longest of those that run or ran. */
      readonly build: string | null;
      readonly buildSec: number | null;
      /** How long it has gone on, or went on. */
      readonly sec: number;
      /** No cache was found to have it; null: not known. */
      readonly cached: boolean | null;
      /** What it and its builds held in memory together at most. */
      readonly peakBytes: number | null;
      /** How much less was free where the store lies than at its begin, at most; and what was free then. */
      readonly tookBytes: number | null;
      readonly leastSpaceBytes: number | null;
    }
  /** A limit of processes or files is near, or was met (`said`). */
  | {
      readonly kind: 'process-limit';
      readonly what: 'tasks' | 'daemon-files' | 'machine-files' | 'processes' | 'user-processes' | 'threads';
      readonly used: number | null;
      readonly limit: number | null;
      readonly said: boolean;
      /** Whose log says it. */
      readonly build: string | null;
    };
