/** What a known message says of an evaluation that failed. */
import type { Remedy } from '../diagnosis/remedy.ts';

export interface EvaluationCause {
  readonly title: string;
  readonly text: string | null;
  /** The gentlest first. */
  readonly remedies: readonly Remedy[];
}
