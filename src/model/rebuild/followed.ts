/** Streams that are followed, as a Sample brings them, and the rebuilds that they tell of, as the Model has them. */
import type { ProcessIdentity } from '../../base/identity.ts';
import type { Problem } from '../../base/problem.ts';
import type { RootCause } from './cause.ts';
import type { DerivationRaw } from './derivation.ts';
import type { DurationsRaw, Usual } from './durations.ts';
import type { LogEvent } from './log-event.ts';
import type { LogPath } from './log-path.ts';
import type { Rebuild } from './rebuild.ts';

export type StreamOrigin =
  /** A command that we started: what it writes to stderr. `pid` null where it could not be started. */
  | { readonly kind: 'command'; readonly words: readonly string[]; readonly pid: number | null }
  | { readonly kind: 'stdin' }
  /** `json-log-path` of a daemon, or what somebody writes to a file. */
  | { readonly kind: 'file'; readonly path: string };

/** What a stream brought since the Sample before. */
export interface StreamRaw {
  /** The same in all Samples of one stream, and no other's: `command`, `stdin`, a path with a count of its beginnings. */
  readonly id: string;
  readonly origin: StreamOrigin;
  /** `many`: of all clients of a daemon, told apart by the pid in their ids. */
  readonly writers: 'one' | 'many';
  readonly events: readonly LogEvent[];
  /** They were written before the stream was followed; nobody knows when. Absent: they were not. */
  readonly early?: true;
  /** Why it is not followed any more, or not whole: gone, denied, malformed. */
  readonly problem?: Problem;
  /** Bytes that were lost because nobody could read them in time. Absent: none. */
  readonly lostBytes?: number;
  /**
   * Of a recording, where it is entered: what the stream has led to before this Sample, as logs/checkpoint.ts packs it. It
   * counts only where nothing of the stream is known.
   */
  readonly checkpoint?: unknown;
  /**
   * Of a recording: what the stream has led to with this Sample, packed likewise, in place of events that are not in it. It
   * counts whatever is known.
   */
  readonly becomes?: unknown;
  /** Of a recording: what is not in it. Absent: nothing. */
  readonly leftOut?: LeftOut;
}

/** How much is not in a Sample that was recorded, though it was there when it was taken; absent: none. */
export interface LeftOut {
  readonly events?: number;
  /** Of builds, hooks and the command itself; they are counted in their events all the same. */
  readonly lines?: number;
  /** Of a checkpoint: last lines, builds that are only counted, names that are missing altogether; 1 where it is too long. */
  readonly tailLines?: number;
  readonly finished?: number;
  readonly planned?: number;
  readonly checkpoints?: number;
}

/** Absent from a Sample to which no stream brought anything. */
export interface LogsRaw {
  readonly streams: readonly StreamRaw[];
  /** Read from .drv files since the Sample before. */
  readonly derivations?: readonly DerivationRaw[];
  /** At first, and when it changed. */
  readonly logPath?: LogPath;
  /** Of the names of what streams name: what has become known of earlier builds, or changed, since the Sample before. */
  readonly durations?: readonly DurationsRaw[];
  /** Builds that the daemon runs at once (`max-jobs`), as nix.conf has it. */
  readonly maxJobs?: number;
  /**
   * Of a recording, in the first Sample of a chunk: what was known of streams before it is in this Sample, or what it takes
   * to know it is in the chunks before. Absent: nothing was known.
   */
  readonly before?: 'here' | 'earlier';
  /** Of a recording: what was known beside streams, as logs/facts.ts packs it. */
  readonly facts?: unknown;
  /** Of a recording, likewise: what explains failures beside the streams, as logs/entered-evidence.ts packs it. */
  readonly evidence?: unknown;
}

/** How long a rebuild will still take, as its range; made anew every few seconds (logs/estimate.ts). */
export interface Estimate {
  readonly lowSec: number;
  readonly highSec: number;
  /** Of what is left to build, the share (0 to 1) that was built before. */
  readonly known: number;
}

/** One rebuild of one stream. */
export interface FollowedRebuild {
  /** The stream's id and the rebuild's key: the same while it is followed. */
  readonly id: string;
  /** `StreamRaw.id`. */
  readonly stream: string;
  readonly origin: StreamOrigin;
  readonly rebuild: Rebuild;
  /** The client in the process table that it is of; null where none is seen. */
  readonly client: ProcessIdentity | null;
  /** As typed: kept when the client is gone; null where nobody has seen it. */
  readonly command: string | null;
  /** The stream said so, or of many clients this one is not in the process table any more. */
  readonly over: boolean;
  readonly problem: Problem | null;
  readonly lostBytes: number;
  /** All that is known of it was written before its stream was followed. */
  readonly early: boolean;
  /** Why it failed, as far as it has: in the order in which that happened (logs/explain-failures.ts). */
  readonly failures: readonly RootCause[];
  /** Null: unknown, because most of it was never built before, or nothing of it is left. */
  readonly estimate: Estimate | null;
  /** Of the running ones, those that have ended by a counter of Nix and have no process any more (logs/ended-unsaid.ts). */
  readonly endedUnsaid: number;
}

/** What a build's log says of it: joined to the build of the process table. */
export interface BuildLog {
  /** `FollowedRebuild.id`. */
  readonly rebuild: string;
  /** Key in the rebuild's `running`. */
  readonly drv: string;
  /** Unix ms since which it is in its phase; null without one. */
  readonly phaseSinceMs: number | null;
  readonly lines: number;
  /** Unix ms. */
  readonly lastLineMs: number | null;
  /** What builds of its name usually take; null: none was seen. */
  readonly usual: Usual | null;
}
