/** What rules find of builds, evaluations and memory. Null = unknown. */
import type { Asleep } from './verdict.ts';

/** Of a bisection: without one of them the fault is gone; empty: none was made, or nothing found. */
export type FaultyModules = readonly string[];

export type MemoryFound =
  /** A build of which a verdict says that it is stuck, or computes and gets nowhere. */
  | {
      readonly kind: 'build-stuck';
      readonly build: string;
      readonly how: 'idle' | 'spinning';
      readonly phase?: string;
      /** Of `idle`: where it sleeps; absent: nothing of it can be told. */
      readonly asleep?: Asleep;
      /** Of `spinning`: its threads only hand the CPU on. */
      readonly yields?: true;
      /** Absent: not known, or nothing to speak of. */
      readonly usualPercent?: number;
    }
  /** It gets on, and takes many times what builds of its name take. */
  | { readonly kind: 'build-overdue'; readonly build: string; readonly usualPercent: number }
  | ({ readonly kind: 'build-leak'; readonly build: string } & Growing & {
        /** Its process with the most memory. */
        readonly process: { readonly pid: number; readonly program: string } | null;
      })
  /** `client`: it does not evaluate now. `worker`: of the daemon, which serves that client. */
  | ({
      readonly kind: 'client-leak';
      readonly command: string;
      readonly what: 'evaluation' | 'client' | 'worker';
    } & Growing)
  /** Full CPU; its memory stands still and no file is evaluated. */
  | { readonly kind: 'evaluation-loop'; readonly command: string; readonly lastFile: string | null }
  /** Nix, or an evaluation under limits, said so. `options`: of NixOS, on the way round. */
  | {
      readonly kind: 'evaluation-recursion';
      readonly command: string | null;
      readonly place: string | null;
      readonly options: readonly string[];
      readonly modules: FaultyModules;
    }
  /** One under limits did not end within them. */
  | {
      readonly kind: 'evaluation-limit';
      readonly configuration: string;
      readonly met: 'time' | 'memory';
      readonly sec: number;
      readonly peakBytes: number | null;
      readonly modules: FaultyModules;
    }
  /** `usedBytes`: without the cache of ZFS. */
  | { readonly kind: 'memory-elsewhere'; readonly nixBytes: number; readonly usedBytes: number }
  | { readonly kind: 'cpu-elsewhere'; readonly nixPercent: number; readonly usedPercent: number }
  /** Of all CPUs, what the hypervisor gives to others. */
  | { readonly kind: 'cpu-stolen'; readonly stealPercent: number }
  | {
      readonly kind: 'disk-elsewhere';
      readonly nixBytesPerSec: number;
      readonly diskBytesPerSec: number;
      readonly device: string;
    }
  /** The cache of ZFS, which counts as used. `grower`: who grows while memory is short. */
  | {
      readonly kind: 'arc';
      readonly arcBytes: number;
      readonly minBytes: number | null;
      readonly short: boolean;
      readonly grower: string | null;
    }
  /** What is read again and again because the page cache has no room for it; pages. */
  | {
      readonly kind: 'cache-thrash';
      readonly refaultsPerSec: number;
      /** Who reads most. */
      readonly build: string | null;
      /** Takes root. */
      readonly readBytesPerSec: number | null;
    }
  /**
   * Processes were killed at the limit of a cgroup. `victim`: a program or a build; `client`: the one in it.
   * `availableBytes`: of the machine, when that was seen.
   */
  | {
      readonly kind: 'limit-kill';
      readonly cgroup: string | null;
      readonly limitBytes: number | null;
      readonly victim: string | null;
      readonly client: string | null;
      readonly availableBytes: number | null;
    }
  /** `held`: at memory.high, by which nothing is killed; else at memory.max. */
  | {
      readonly kind: 'limit-met';
      readonly cgroup: string;
      readonly limitBytes: number;
      readonly held: boolean;
      readonly builds: number;
      /** The one in it, where no build is. */
      readonly client: string | null;
      readonly availableBytes: number | null;
    }
  /** The machine's own memory: builds need more than there is, and none of them alone is why. */
  | {
      readonly kind: 'machine-met';
      readonly builds: number;
      /** Of all that is of Nix. */
      readonly nixBytes: number;
      readonly totalBytes: number;
      readonly heaviest: string;
      readonly heaviestBytes: number;
    }
  /** The machine restarts; with 2 of vm.panic_on_oom even at a cgroup's limit. */
  | { readonly kind: 'oom-panic'; readonly panicOnOom: number }
  /** vm.overcommit_memory = 2: memory is refused before it is short, and nothing is killed. */
  | { readonly kind: 'overcommit-never' }
  /** The kernel spares the daemon, and with it the builds that it begins. */
  | { readonly kind: 'oom-immune'; readonly oomScoreAdj: number }
  /** memory.high without memory.max. */
  | { readonly kind: 'high-alone'; readonly cgroup: string; readonly highBytes: number }
  /** Another than the one that took the memory was killed. */
  | {
      readonly kind: 'oom-bystander';
      readonly by: 'kernel' | 'systemd-oomd' | 'earlyoom' | 'nohang';
      readonly victim: string;
      /** A build, or the command of an evaluation, and what it held then. */
      readonly cause: string;
      readonly residentBytes: number;
    }
  | { readonly kind: 'zombie-build'; readonly build: string }
  | {
      readonly kind: 'unreaped-child';
      readonly build: string;
      readonly program: string;
      readonly pid: number;
      readonly child: string;
    }
  /** No client, no daemon above it. `shouldEnd`: this Nix ends builds with their client (2.34 and newer). */
  | {
      readonly kind: 'orphan-build';
      readonly build: string;
      readonly cpuPercent: number | null;
      readonly shouldEnd: boolean | null;
    }
  /** A client that began long ago and of which nothing moves. */
  | {
      readonly kind: 'stale-client';
      readonly command: string;
      readonly ageSec: number;
      readonly tty: string | null;
    }
  | {
      readonly kind: 'paused';
      readonly build: string;
      readonly by: 'signal' | 'freezer';
      /** Of the freezer. */
      readonly cgroup: string | null;
      /** A nixpulse did it; `guard`: a guard of it, by itself. */
      readonly fromNixpulse: boolean;
      readonly guard?: true;
    };

/** Of what grows. */
export interface Growing {
  readonly residentBytes: number;
  /** Of the machine's memory. */
  readonly sharePercent: number;
  readonly bytesPerMin: number;
  /** Until no memory is left, if all goes on like this; null: it has stopped growing. */
  readonly untilSec: number | null;
}
