/** What became of an Intent, while it runs and afterwards. */
import type { Problem } from '../../base/problem.ts';
import type { GuardRuleId } from '../guard/guard.ts';
import type { Intent } from './intent.ts';
import type { OutcomeStatus } from './outcome-status.ts';

export type { OutcomeStatus };

export interface Outcome {
  readonly status: OutcomeStatus;
  /** One line: what happened to what, with what it brought. */
  readonly summary: string;
  /** Further lines: what could not be done, what to do next. */
  readonly details: readonly string[];
}

/** Exit codes of the verbs (0 done, 1 failed or refused, 3 not permitted, 130 interrupted). */
export const exitCodeOf: Readonly<Record<OutcomeStatus, number>> = {
  done: 0,
  incomplete: 1,
  failed: 1,
  refused: 1,
  denied: 3,
  cancelled: 130,
};

/** Of what could not be done at all. */
export function exitCodeOfProblem({ kind }: Problem): number {
  return exitCodeOf[kind === 'denied' ? 'denied' : 'failed'];
}

/** A moment of a running action. Absent fields keep their last value. */
export interface Progress {
  /** What it does now: `waits for 3 of 14 processes`. */
  readonly text?: string;
  readonly done?: number;
  readonly total?: number;
  readonly doneBytes?: number;
  readonly totalBytes?: number;
  /** null: no longer known. */
  readonly bytesPerSec?: number | null;
  readonly secondsLeft?: number | null;
  /** Output or findings to add, in order. */
  readonly lines?: readonly string[];
}

/** One line of the journal (JSON lines): every action, asked by whom, on what, with what outcome. */
export interface JournalEntry {
  readonly version: 1;
  /** ISO 8601, when it began. */
  readonly time: string;
  /** Who asked: user name or uid, and whether by key, by verb or by policy. */
  readonly user: string;
  readonly via: 'dashboard' | 'command' | 'guard';
  /** Of a guard: which of its rules. Absent of all others, and of what it undoes at its end. */
  readonly rule?: GuardRuleId;
  /** With every identity it names. */
  readonly intent: Intent;
  readonly title: string;
  readonly status: OutcomeStatus;
  readonly summary: string;
  readonly details: readonly string[];
  readonly durationMs: number;
}

/** An entry as it is read back. Another version's may have more kinds than this one knows: null, or its word. */
export interface KeptEntry extends Pick<JournalEntry, 'time' | 'user' | 'title' | 'summary' | 'details'> {
  readonly version: number;
  readonly via: string | null;
  readonly rule?: string;
  readonly intent: Intent | null;
  readonly status: string | null;
  readonly durationMs: number | null;
}
