/** What the sampling loop polls: one source per polling hook, each with its own interval. */
import type { Model } from '../model/model.ts';
import type { SampleParts } from '../model/sample.ts';
import type { SourceId } from '../model/source-table.ts';

/** Whether details rest: I/O of processes, command lines, locks. What tells of danger is always read. */
export interface LowDetail {
  /** Set by who sees that the machine is short of memory, or that we are late. */
  readonly on: boolean;
}
export const fullDetail: LowDetail = { on: false };

export interface Source {
  readonly id: SourceId;
  /**
   * Synchronous, never blocks, never throws for an expected failure. What may block is read ahead on
   * pool threads and is part of a later sample. `later`: who is read after it for the same sample, so that a part
   * that they bring anew need not be made twice.
   */
  sample(later?: readonly SourceId[]): SampleParts;
  /** Told what a look of the watcher has led to, for what is learned from it. Never throws. */
  looked?(model: Model): void;
  /** Closes kept files. */
  close(): void;
}
