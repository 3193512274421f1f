/** The shape of a source: one row says what is taken, how, when, and what it may cost. One table a topic beside. */
import type { Problem, Result } from '../base/problem.ts';
import type { Files, Native, OwnFiles, Ports, Right } from '../platform/ports.ts';
import type { Redactor } from '../redact/redactor.ts';
import type { Apart } from './programs.ts';

/**
 * In this order, for a machine that hardly answers: counters of the kernel, which wait for nobody; what processes do;
 * files on disks; programs that have to be started. What we look at ourselves goes on beside all of it.
 */
export type Stage = 'counters' | 'processes' | 'files' | 'programs' | 'own';
export const stages: readonly Stage[] = ['counters', 'processes', 'files', 'programs', 'own'];

/**
 * How secrets are taken out: `text`: line by line; `json`: by the names of its fields; `done`: who brings it has taken
 * them out himself, as of a recording.
 */
export type Redaction = 'text' | 'json' | 'done';

export interface Piece {
  /** Its name in the archive: relative, without `..`. */
  readonly name: string;
  readonly body: string | Uint8Array;
  /** Why it is not whole; null or absent: it is. */
  readonly cut?: string | null;
  /** Other than its row has. */
  readonly redaction?: Redaction;
}

export interface SourceRow {
  readonly id: string;
  /** For people, a clause: what is taken. */
  readonly what: string;
  /** Files or a command line, as one would type it. */
  readonly from: string;
  readonly stage: Stage;
  /** Of the whole row; a read or program that has not come back by then is left alone. */
  readonly timeMs: number;
  /** Of the whole row, before compression. */
  readonly mostBytes: number;
  /** What without which there is nothing, or less. */
  readonly needs?: Right;
  readonly redaction: Redaction;
  /** A Problem: there is nothing of it, or no more than was brought by then. */
  readonly gather: (context: GatherContext) => Promise<Result<void>>;
}

export interface GatherContext {
  readonly ports: GatherPorts;
  readonly programs: Apart;
  readonly facts: GatherFacts;
  readonly timeMs: number;
  readonly mostBytes: number;
  /** Aborted at the deadline, and when the user ends it. */
  readonly ended: AbortSignal;
  /** Takes a piece at once; what comes after the deadline is nobody's. */
  emit(piece: Piece): void;
  /** Command lines word by word: what stands behind `--password` is one word, whatever is in it. */
  readonly redact: Pick<Redactor, 'words' | 'environment' | 'value' | 'know' | 'remembering'>;
  /** Something of it could not be had. */
  miss(problem: Problem): void;
}

export type GatherPorts = Pick<Ports, 'clock'> & {
  readonly files: Files;
  readonly ownFiles: OwnFiles;
  readonly native: Native;
};

/** What is known before anything is gathered. */
export interface GatherFacts {
  readonly startedMs: number;
  /** Our own state: the journal of actions. */
  readonly stateDirectory: string;
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Directory of the flake that was named, or that is usual; null: it is not on this machine. */
  readonly flakes: readonly string[];
  /** Whole logs of builds, not their ends alone. */
  readonly wholeLogs: boolean;
}
