/** A stretch of time. */
export interface Span {
  /** Unix ms. */
  readonly fromMs: number;
  readonly toMs: number;
}
