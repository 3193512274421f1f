/** What is known of a stream, packed for a recording, so that it can be entered there. */
import { isFields } from '../base/fields.ts';
import type { Problem } from '../base/problem.ts';
import { number } from '../base/reader.ts';
import type { LeftOut } from '../model/rebuild/followed.ts';
import { type Kept, packState, trimmed, unpackState } from './checkpoint.ts';
import type { LogState } from './log-state.ts';
import { readProblem } from './read-problem.ts';

export interface Known {
  readonly state: LogState;
  readonly problem: Problem | null;
  readonly lostBytes: number;
  /** Unix ms of the Sample that last brought what was written before the stream was followed; null: none did. */
  readonly earlyMs: number | null;
}

export interface PackedStream {
  /** For `StreamRaw.checkpoint` or `StreamRaw.becomes`. */
  readonly packed: unknown;
  readonly leftOut: LeftOut;
}

export function packStream({ state, problem, lostBytes, earlyMs }: Known, kept: Kept): PackedStream {
  const { state: small, leftOut } = trimmed(state, kept);
  return { packed: { state: packState(small), problem, lostBytes, earlyMs }, leftOut };
}

/** Null for what is none. */
export function enterStream(packed: unknown): Known | null {
  if (!isFields(packed)) return null;
  const state = unpackState(packed['state']);
  if (state === null) return null;
  const problem = readProblem(packed['problem']) ?? null;
  return {
    state,
    problem,
    lostBytes: number(packed['lostBytes']) ?? 0,
    earlyMs: number(packed['earlyMs']) ?? null,
  };
}
