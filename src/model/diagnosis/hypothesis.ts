/** What may keep a rebuild from getting on: always the same list, each with what is known of it. */
import type { ProbeId } from './probe.ts';
import type { Evidence } from './verdict.ts';

export const hypothesisIds = [
  /** A build is stuck, or runs in circles, by itself. */
  'build',
  /** An evaluation that loops, or grows without end. */
  'evaluation',
  /** A build that grows without end. */
  'build-leak',
  /** The machine is short through something that is not Nix. */
  'elsewhere',
  /** A limit of memory: of a cgroup, of an evaluation, of systemd. */
  'memory-limit',
  /** The OOM killer is off, or aims at the wrong ones. */
  'oom-killer',
  /** Bytes, inodes, chunks of btrfs, a tmpfs, the build directory, /boot. */
  'space',
  /** A disk that fails. */
  'disk',
  /** LVM, LUKS, md, ZFS or btrfs between the store and its disks. */
  'volume',
  'lock',
  /** A cache, or the network in front of it. */
  'cache',
  /** A machine that builds for this one. */
  'builder',
  'post-build-hook',
  /** A switch that waits for a unit, or was left over. */
  'switch',
  /** Zombies and builds without a client. */
  'left-over',
  /** Processes and open files of the daemon and the builds. */
  'process-limit',
  'paused',
  'store',
] as const;

export type HypothesisId = (typeof hypothesisIds)[number];

/** In ascending order; `untested`: nothing here has looked at it, or it cannot be seen. */
export const hypothesisStates = [
  'untested',
  'refuted',
  'unlikely',
  'possible',
  'likely',
  'confirmed',
] as const;
export type HypothesisState = (typeof hypothesisStates)[number];

/** Why nothing is known. */
export type Untested =
  /** It takes this privilege to see. */
  | { readonly kind: 'privilege'; readonly privilege: string }
  /** No log of the rebuild is followed. */
  | { readonly kind: 'log' }
  /** Only a probe tells. */
  | { readonly kind: 'probe' }
  /** This system does not tell. */
  | { readonly kind: 'unsupported' }
  /** It has not been looked at for long enough, or not yet at all. */
  | { readonly kind: 'time' };

/** What is known where nothing was found. */
export interface Ground {
  readonly state: Extract<HypothesisState, 'untested' | 'refuted' | 'unlikely' | 'possible'>;
  readonly untested: Untested | null;
  readonly evidence: readonly Evidence[];
}

export interface Hypothesis {
  readonly id: HypothesisId;
  readonly state: HypothesisState;
  /** Of its findings (`Finding.id`), the worst first; empty: nothing was found. */
  readonly findings: readonly string[];
  /** What would settle it, the cheapest first. */
  readonly probes: readonly ProbeId[];
  /** What is known where nothing was found. */
  readonly ground: Ground;
}
