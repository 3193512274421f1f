/**
 * Whether a build or a client gets on: the verdict, why, and what it stands on, as data. Made in diagnose/, worded in
 * format/verdict.ts. All times are monotonic ms.
 */
import type { ProcessIdentity } from '../../base/identity.ts';
import type { Unit } from '../fields/field.ts';

/** `stuck`: waiting changes nothing any more, as far as can be seen. */
export type VerdictState = 'working' | 'slow' | 'waiting' | 'stuck' | 'paused';

export type VerdictSubject =
  | ({ readonly kind: 'build' } & ProcessIdentity)
  /** `rebuild`: `FollowedRebuild.id` of the stream that tells of it; null without one. */
  | ({ readonly kind: 'client'; readonly rebuild: string | null } & ProcessIdentity)
  /** One whose client is not in the process table. */
  | { readonly kind: 'rebuild'; readonly rebuild: string };

/** What shows that something goes on. */
export type Sign =
  | 'cpu'
  | 'io'
  /** Processes begin or end. */
  | 'processes'
  /** Log lines. */
  | 'lines'
  /** Resident memory grows or shrinks. */
  | 'resident'
  /** Bytes of downloads and uploads. */
  | 'transfers'
  /** Files are evaluated, or copied to the store. */
  | 'evaluation'
  /** Builds begin and end, phases, steps of the tool. */
  | 'steps';

/** Where the processes of an idle build sleep: those that wait for no other of it. */
export type Asleep =
  /** Uninterruptible, mostly in a disk or a network file system. */
  | ({ readonly kind: 'disk' } & Sleeper)
  /** A pipe or FIFO without a partner, a lock or condition of its own threads, a socket, an event, a signal. */
  | ({ readonly kind: 'pipe' | 'futex' | 'socket' | 'poll' | 'signal' | 'file-lock' } & Sleeper)
  /** For a child that has ended, or is nowhere to be seen. */
  | ({ readonly kind: 'child' } & Sleeper)
  /** Its child has ended and it takes no note of it. */
  | ({ readonly kind: 'zombie-child'; readonly child: string } & Sleeper)
  /** All have ended, and who started them takes no note of it. */
  | { readonly kind: 'zombies' }
  /** It writes its log, which nobody reads. */
  | ({ readonly kind: 'log-reader'; readonly reader: string; readonly readerPid: number } & Sleeper)
  /** It ends by itself. */
  | ({ readonly kind: 'timer' } & Sleeper)
  | ({ readonly kind: 'virtual-machine' } & Sleeper)
  /** A download tool, or a builder of Nix's own that downloads. */
  | ({ readonly kind: 'network' } & Sleeper)
  | ({ readonly kind: 'memory-limit' } & Sleeper)
  /** It would run if a CPU were free. */
  | ({ readonly kind: 'runnable' } & Sleeper)
  /** `wchan` null: it cannot be seen. */
  | ({ readonly kind: 'unknown' } & Sleeper);

export interface Sleeper {
  readonly pid: number;
  /** `cmake`; no emulator or interpreter in front of it. */
  readonly program: string;
  readonly wchan: string | null;
}

/** Whom or what it waits for. Null where it cannot be told. */
export type Partner =
  | {
      readonly kind: 'lock';
      readonly path: string | null;
      readonly holderPid: number | null;
      readonly holder: string | null;
    }
  | {
      readonly kind: 'garbage-collection';
      readonly holderPid: number | null;
      readonly holder: string | null;
    }
  | { readonly kind: 'builder'; readonly host: string }
  /** A free slot of some builder. */
  | { readonly kind: 'machine' }
  | { readonly kind: 'upload-lock'; readonly host: string; readonly waiting: number }
  /** `moving`: of its transfers; 0: all are asked for and none has begun. */
  | { readonly kind: 'cache'; readonly peer: string | null; readonly moving: number; readonly asked: number }
  /** Another client that fetches the same. */
  | { readonly kind: 'other-fetch'; readonly input: string | null }
  | { readonly kind: 'build-user' | 'store-lock' }
  | { readonly kind: 'database' | 'profile'; readonly path: string }
  /** `program` and `pid`: what the hook itself waits for, or the hook; null where it is not seen. */
  | {
      readonly kind: 'post-build-hook';
      readonly drv: string | null;
      readonly program: string | null;
      readonly pid: number | null;
    }
  /** `switchPid`: the older switch that still runs in it; null: none is seen. */
  | { readonly kind: 'unit'; readonly unit: string; readonly switchPid: number | null }
  | { readonly kind: 'swap' }
  | { readonly kind: 'disk'; readonly device: string | null }
  | { readonly kind: 'memory-limit'; readonly cgroup: string | null; readonly limitBytes: number | null }
  | { readonly kind: 'timer' | 'virtual-machine' | 'network'; readonly pid: number; readonly program: string }
  /** In Nix's own words. */
  | { readonly kind: 'said'; readonly text: string };

export type Reason =
  /** Signs seen within the last half minute. */
  | { readonly kind: 'progress'; readonly signs: readonly Sign[] }
  /** Nothing of it moves. */
  | { readonly kind: 'idle'; readonly asleep: Asleep | null }
  /** CPU and nothing else: a loop, or a long computation. `yields`: its threads only hand the CPU on. */
  | { readonly kind: 'spinning'; readonly yields: boolean }
  /** It works without a line, or a new process, for long. */
  | { readonly kind: 'quiet' }
  /** It takes this share of its usual time. */
  | { readonly kind: 'overdue' }
  | { readonly kind: 'short'; readonly resource: 'memory' | 'io' | 'cpu' }
  | { readonly kind: 'wait'; readonly partner: Partner }
  /** A transfer has brought nothing for long. Bytes as they were then. */
  | {
      readonly kind: 'transfer';
      readonly direction: 'fetch' | 'send';
      readonly path: string | null;
      readonly peer: string | null;
      readonly bytes: number;
      readonly expectedBytes: number | null;
    }
  /** `frozen`: by its cgroup; else by a signal. `fromNixpulse`: a nixpulse did it; `guard`: a guard of it, by itself. */
  | {
      readonly kind: 'stopped';
      readonly frozen: boolean;
      readonly cgroup: string | null;
      readonly fromNixpulse: boolean;
      readonly guard?: true;
    }
  /** Its builds decide: so many of them do not get on; the one that stands for longest. */
  | {
      readonly kind: 'builds';
      readonly standing: number;
      readonly of: number;
      readonly build: ProcessIdentity;
    };

/** A figure that speaks for the verdict, or against it. */
export interface Evidence {
  readonly for: boolean;
  /** Id in the table of fields; `log.lines`, `switches`, `wchan`, `usual`, `transfers.bytes`, `shortages.memory`. */
  readonly field: string;
  readonly value: number | string | null;
  readonly unit: Unit;
  /** Since when it has been so; null: at this moment. */
  readonly sinceMs: number | null;
}

export interface Verdict {
  readonly subject: VerdictSubject;
  readonly state: VerdictState;
  readonly sinceMs: number;
  /** It was so already when it was first seen: it has lasted for longer. */
  readonly atLeast: boolean;
  readonly reason: Reason;
  /** Never `certain` of what could not be seen, nor of a loop. */
  readonly certainty: 'certain' | 'likely';
  /** Signs, and `wchan`, that cannot be seen here. */
  readonly unseen: readonly (Sign | 'wchan')[];
  readonly evidence: readonly Evidence[];
}
