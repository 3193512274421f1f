/**
 * One rebuild as its log stream tells it: everything that one command, or one client of the daemon, evaluates, fetches
 * and builds. Times are those of the ticks that brought the events, Unix ms; null is what the stream does not say.
 *
 * Plain data that never changes: the next state shares what stayed as it was, so a reference that is the same is a part
 * that is the same.
 */
import type { Activity, WaitFor } from './activity.ts';
import type { FailureSaid } from './failure.ts';
import type { Severity } from './log-event.ts';
import type { ToolFailure, ToolStepLine } from './tool-step.ts';

export interface Rebuild {
  /** `stream`, or the pid of the writer where a stream has those of many clients. */
  readonly key: string;
  /** Pids that Nix puts into its ids: the client's and its worker's. On 2.8 all workers have the daemon's. */
  readonly writers: readonly number[];
  readonly startedMs: number;
  /** The last event's time: how long nothing was heard. */
  readonly updatedMs: number;
  readonly ended: { readonly atMs: number; readonly exitCode: number | null } | null;

  readonly evaluation: Evaluation;
  /** Derivations that will be built and have not begun. */
  readonly planned: ReadonlySet<string>;
  /** Paths that will be fetched and have not begun. */
  readonly plannedFetches: ReadonlySet<string>;
  /** Nobody builds or fetches them. */
  readonly unobtainable: readonly string[];
  readonly expected: Expected;

  /** By derivation, in the order of their begin. */
  readonly running: ReadonlyMap<string, Build>;
  /** Failed by themselves; `startedMs` is null for what could not even begin. */
  readonly failed: ReadonlyMap<string, Build>;
  /** Done, or stopped with the others; beyond a bound the oldest are only counted. */
  readonly finished: ReadonlyMap<string, Build>;
  readonly forgotten: number;
  /** Not built because so many of what they need failed. */
  readonly dependents: ReadonlyMap<string, number>;
  /** Planned, never begun here, and there when the command had succeeded: another client built them. */
  readonly elsewhere: ReadonlySet<string>;

  /** Under way, by the activity's id. */
  readonly transfers: ReadonlyMap<string, Transfer>;
  /** What was moved, and what went wrong with it: by cache, builder or store. */
  readonly peers: ReadonlyMap<string, Peer>;
  readonly waits: ReadonlyMap<string, Wait>;
  readonly hooks: ReadonlyMap<string, Hook>;
  /** What else Nix is doing at the moment. */
  readonly tasks: ReadonlyMap<string, Task>;

  /** Of the tool around Nix; the last one is the present one. */
  readonly steps: readonly Step[];
  readonly toolFailures: readonly (ToolFailure & { readonly atMs: number })[];
  /** Errors that name no derivation: evaluation, network, the daemon. */
  readonly errors: readonly FailureRecord[];
  /** What was no error when it was said, and may explain one: machines that did not answer or do not fit. */
  readonly clues: readonly FailureRecord[];
  readonly messages: readonly Message[];
  readonly warnings: number;
  /** The last lines of nobody we know. */
  readonly output: readonly string[];
  readonly unread: Unread;
}

export interface Evaluation {
  readonly files: number;
  readonly lastFile: string | null;
  /** Files and directories of the configuration that were copied to the store. */
  readonly copied: number;
  readonly startedMs: number | null;
  /** The last sign of it. */
  readonly lastMs: number | null;
}

/** How much Nix expects, by its counters and, where it printed one, its plan. */
export interface Expected {
  /** Derivations to build or built, by the goal trees' counters; null where a plan names them. */
  readonly builds: number | null;
  readonly downloadBytes: number | null;
  readonly unpackedBytes: number | null;
}

export interface Build {
  readonly drv: string;
  /** Without hash and `.drv`. */
  readonly name: string;
  /** The other machine; null here. */
  readonly host: string | null;
  /** Pid in the activity's id: the worker's since 2.9, in which the builder hangs. */
  readonly writer: number | null;
  /** `ended`: neither done nor failed: stopped because another build failed, or the stream does not say. */
  readonly state: 'running' | 'done' | 'failed' | 'ended';
  readonly startedMs: number | null;
  readonly endedMs: number | null;
  /**
   * It ended some time before that: up to about Nix 2.9 a build that nothing waits for stops with all the others. Which one
   * of them it was that had been counted as done is not said.
   */
  readonly endIsLate: boolean;
  /** Every phase with its begin; the last one is the present one. */
  readonly phases: readonly { readonly name: string; readonly sinceMs: number }[];
  readonly lines: number;
  /** The last lines, with colours; of those that ended and did not fail only the newest keep them. */
  readonly tail: readonly string[];
  readonly lastLineMs: number | null;
  readonly failure: FailureRecord | null;
  /** CPU time, where the maker of this Nix tells it. */
  readonly cpuUsec: number | null;
}

export interface FailureRecord extends FailureSaid {
  readonly atMs: number;
  /** `counter`: no words, but the counter of failed builds went up just before this build stopped. */
  readonly known: 'message' | 'result' | 'counter';
}

export interface Transfer {
  /** null: a download that is no store path. */
  readonly path: string | null;
  readonly url: string | null;
  /** Where from, or where to if it is sent: a cache, `ssh://…`, another store. */
  readonly peer: string | null;
  readonly direction: 'fetch' | 'send';
  /** A question to a cache (narinfo), not a path. */
  readonly lookup: boolean;
  /** `asked`: not begun; it waits for a slot, or for another client that fetches the same. */
  readonly state: 'asked' | 'moving';
  readonly startedMs: number;
  /** As they go over the network; where only the unpacked size is told (file, ssh), that. */
  readonly bytes: number;
  readonly expectedBytes: number | null;
  readonly unpackedBytes: number;
  readonly unpackedExpectedBytes: number | null;
  /** When the bytes last grew; null: never. */
  readonly movedMs: number | null;
  /** For the speed: bytes at some of the last ticks, oldest first. */
  readonly marks: readonly { readonly ms: number; readonly bytes: number }[];
  /** How often it went wrong so far. */
  readonly troubles: number;
  /** It is not tried again. */
  readonly givenUp: boolean;
}

export interface Peer {
  readonly fetchedPaths: number;
  readonly fetchedBytes: number;
  readonly sentPaths: number;
  readonly sentBytes: number;
  /** Transfers that stopped before their end. */
  readonly broken: number;
  readonly retries: number;
  readonly trouble: {
    readonly text: string;
    readonly atMs: number;
    readonly httpStatus: number | null;
  } | null;
  /** Nix asks it nothing until then. */
  readonly offUntilMs: number | null;
  /** Paths it has and that nobody trusted has signed. */
  readonly unsigned: number;
  /** Questions (narinfos) so far, and how many of them ended with an answer (`no` is one) or without. */
  readonly asked: number;
  readonly answered: number;
  readonly unanswered: number;
  /** How long the last answers took, ms, as exact as a tick. */
  readonly answersMs: readonly number[];
  /**
   * Wall time, ms, in which a question or download was open that went wrong at least once, and nothing was built. Those
   * that are open at once count once.
   */
  readonly lostMs: number;
  /** Up to when that is counted; null: nothing went wrong. */
  readonly lostUntilMs: number | null;
}

export interface Wait {
  readonly for: WaitFor;
  readonly sinceMs: number;
  /** The derivation that waits, where it can be told. */
  readonly drv: string | null;
  /** A message began it, and nothing says its end: it is over when something else is heard. */
  readonly said: boolean;
}

export interface Hook {
  readonly drv: string | null;
  readonly sinceMs: number;
  readonly lines: number;
  readonly tail: readonly string[];
}

export interface Task {
  readonly activity: Activity;
  readonly text: string;
  readonly status: string | null;
  readonly sinceMs: number;
  readonly done: number | null;
  readonly expected: number | null;
}

export interface Step extends ToolStepLine {
  readonly sinceMs: number;
}

export interface Message {
  readonly atMs: number;
  readonly severity: Severity;
  readonly text: string;
}

/** What nothing was made of, counted. */
export interface Unread {
  readonly broken: number;
  readonly talkative: number;
  /** Numbers of activities that nobody knows, and of results that tell nothing of a rebuild: how often each came. */
  readonly activities: ReadonlyMap<number, number>;
  readonly results: ReadonlyMap<number, number>;
}
