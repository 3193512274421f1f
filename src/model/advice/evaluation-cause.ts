/** What a known message says of an evaluation that failed. */

export interface EvaluationCause {
  readonly title: string;
  readonly text: string | null;
}
