/**
 * What a log stream says, in the order it said it, the same whichever way it was written: internal-json with and
 * without `@nix `, Nix's lines for people, the journal. Events are plain data: a Sample carries those of one
 * tick, and a recording keeps them.
 *
 * Ids are decimal text, `counter + (pid << 32)`: as numbers they pass 2^53 and two activities become one. Those of
 * lines for people are the derivation or path itself.
 */
import type { Activity } from './activity.ts';
import type { Meaning } from './meaning.ts';
import type { Position, TraceEntry } from './position.ts';
import type { ToolFailure, ToolStepLine } from './tool-step.ts';

export type LogEvent =
  | StartEvent
  | StopEvent
  | ProgressEvent
  | LinesEvent
  | ResultEvent
  | PlanEvent
  | MessageEvent
  | ({ readonly kind: 'step' } & ToolStepLine)
  | ({ readonly kind: 'tool-failure' } & ToolFailure)
  /** Lines of none of the formats: what the wrapping program or a build of an unknown name says. */
  | { readonly kind: 'output'; readonly lines: readonly string[]; readonly count: number }
  /** Files that evaluation has begun to read. */
  | { readonly kind: 'evaluated'; readonly files: number; readonly last: string }
  /** What nothing is made of, counted: documents that are cut or broken, messages of the levels above `-v`. */
  | { readonly kind: 'skipped'; readonly broken: number; readonly talkative: number }
  /** The stream is over; whoever reads it adds this. `exitCode` null: not known. */
  | { readonly kind: 'end'; readonly exitCode: number | null };

export interface StartEvent {
  readonly kind: 'start';
  readonly id: string;
  /** null at the top, and before Nix 2.9 always. */
  readonly parent: string | null;
  readonly activity: Activity;
  /** 0 error, 1 warning, 2 notice, 3 info, 4 talkative (`-v`), 5 chatty, 6 debug, 7 vomit. */
  readonly level: number | null;
  /** Without colours. */
  readonly text: string;
}

/** Says nothing of success. */
export interface StopEvent {
  readonly kind: 'stop';
  readonly id: string;
}

/** The last of a run: what came between two of an activity is not kept. Null is unknown (2^53 and above). */
export interface ProgressEvent {
  readonly kind: 'progress';
  readonly id: string;
  readonly done: number | null;
  readonly expected: number | null;
  readonly running: number | null;
  readonly failed: number | null;
}

/** Lines of a build or of its post-build hook: the last ones of a run, and how many there were. */
export interface LinesEvent {
  readonly kind: 'lines';
  readonly id: string;
  readonly from: 'build' | 'hook';
  readonly lines: readonly string[];
  readonly count: number;
}

export type ResultEvent =
  | { readonly kind: 'phase'; readonly id: string; readonly phase: string }
  /** How much is expected of one kind of activity, bytes for downloads and copies. */
  | {
      readonly kind: 'expected';
      readonly id: string;
      readonly of: 'download' | 'copy' | 'other';
      readonly count: number | null;
    }
  | { readonly kind: 'status'; readonly id: string; readonly text: string }
  /** Determinate Nix says how a build or substitution ended; the only success flag there is. */
  | {
      readonly kind: 'ended';
      readonly id: string;
      readonly drv: string | null;
      readonly success: boolean;
      /** `Built`, `Substituted`, `TimedOut`, `HashMismatch`, … (build-result-v1.yaml). */
      readonly status: string;
      readonly text: string | null;
      readonly cpuUsec: number | null;
    }
  /** Determinate Nix's own form of the error of a fixed output. */
  | {
      readonly kind: 'hash-mismatch';
      readonly id: string;
      readonly drv: string | null;
      readonly specified: string;
      readonly got: string;
    }
  /** A number that nobody knows yet, or one that tells nothing about a rebuild; how often it came in a run. */
  | {
      readonly kind: 'other-result';
      readonly id: string;
      readonly number: number;
      readonly count: number;
    };

/** `unknown`: neither built nor fetched by anybody. */
export type PlanList = 'builds' | 'fetches' | 'unknown';

export type PlanEvent =
  /** The head of a list. */
  | {
      readonly kind: 'plan';
      readonly list: PlanList;
      /** Of a list of fetches, rounded as it was printed. */
      readonly downloadBytes: number | null;
      readonly unpackedBytes: number | null;
    }
  /** What is on it. */
  | { readonly kind: 'planned'; readonly paths: readonly string[] };

/** As its first word says: Nix's levels do not tell it. */
export type Severity = 'error' | 'warning' | 'note';

export interface MessageEvent extends Position {
  readonly kind: 'message';
  readonly level: number | null;
  /** Without colours and without `error:`; may have several lines. */
  readonly text: string;
  readonly severity: Severity;
  readonly trace: readonly TraceEntry[];
  /** Null: nothing that we read. */
  readonly meaning: Meaning | null;
  /** The message before it, with more of its lines: it takes that one's place. */
  readonly revises: boolean;
}
