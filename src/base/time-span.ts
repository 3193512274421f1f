/** A stretch of time. */
export interface TimeSpan {
  /** Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
}
