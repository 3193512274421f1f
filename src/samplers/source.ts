/** What the sampling loop polls: one source per polling hook, each with its own interval. */
import type { SampleParts } from '../model/sample.ts';
import type { SourceId } from '../model/source-table.ts';

export interface Source {
  readonly id: SourceId;
  /**
   * Synchronous, never blocks, never throws for an expected failure. What may block is read ahead on
   * pool threads and is part of a later sample.
   */
  sample(): SampleParts;
  /** Closes kept files. */
  close(): void;
}
