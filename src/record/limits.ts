/** How much of everything a recorder takes. */

export interface RecorderLimits {
  /** What may wait for the disk: samples past it are dropped. */
  readonly queueBytes: number;
  readonly queueItems: number;
  /** A chunk ends at the first sample with builds past this, and with `chunkSamples` in any case. */
  readonly chunkMs: number;
  readonly chunkSamples: number;
  /**
   * Of a chunk unpacked: MessagePack, and fields and items made of it, 16 bytes each where it is played: it has half
   * a dozen chunks in memory. It ends with the sample that reaches one, well inside what a reader takes (read-chunk.ts,
   * patch.ts).
   */
  readonly chunkBytes: number;
  readonly chunkValues: number;
  /** A segment ends with the chunk that reaches one of these. */
  readonly segmentBytes: number;
  readonly segmentMs: number;
  /** Of all segments in the directory, whoever wrote them. */
  readonly totalBytes: number;
  /** Between the newest and the oldest that is kept. */
  readonly ageMs: number;
  /** From the beginning of a sync to that of the next. A power cut takes this much, and what a sync takes. */
  readonly syncMs: number;
}

const minute = 60_000;

export const defaultLimits: RecorderLimits = {
  /** Some minutes of a disk that hangs, at two samples a second. */
  queueBytes: 4 << 20,
  queueItems: 1024,
  chunkMs: minute,
  chunkSamples: 240,
  chunkBytes: 16 << 20,
  /** Ten builds of twenty processes make 170,000 a minute, a hundred of them so many in twenty seconds. */
  chunkValues: 600_000,
  segmentBytes: 8 << 20,
  segmentMs: 60 * minute,
  totalBytes: 256 << 20,
  ageMs: 7 * 24 * 60 * minute,
  syncMs: 1000,
};
