/** Streams that are followed, as a Sample brings them, and the rebuilds that they tell of, as the Model has them. */
import type { ProcessIdentity } from '../../base/identity.ts';
import type { Problem } from '../../base/problem.ts';
import type { RootCause } from './cause.ts';
import type { DerivationRaw } from './derivation.ts';
import type { LogEvent } from './log-event.ts';
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
  /** Why it is not followed any more, or not whole: gone, denied, malformed. */
  readonly problem?: Problem;
  /** Bytes that were lost because nobody could read them in time. Absent: none. */
  readonly lostBytes?: number;
  /**
   * What the stream has led to before this Sample, as logs/checkpoint.ts packs it: where a recording is entered. It
   * counts only where nothing of the stream is known.
   */
  readonly checkpoint?: unknown;
}

/** Absent from a Sample to which no stream brought anything. */
export interface LogsRaw {
  readonly streams: readonly StreamRaw[];
  /** Read from .drv files since the Sample before. */
  readonly derivations?: readonly DerivationRaw[];
}

/** One rebuild of one stream. */
export interface FollowedRebuild {
  /** The stream's id and the rebuild's key: the same while it is followed. */
  readonly id: string;
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
  /** Why it failed, as far as it has: in the order in which that happened (logs/explain-failures.ts). */
  readonly failures: readonly RootCause[];
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
}
