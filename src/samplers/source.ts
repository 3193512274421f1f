/** What the sampling loop polls: one source per polling hook, each with its own interval. */
import type { Sample } from '../model/sample.ts';

/** Whether details are left out: I/O of processes, command lines, locks. What tells of danger is always read. */
export interface LowDetail {
  /** Set by who sees that the machine is short of memory, or that we are late. */
  readonly on: boolean;
}
export const fullDetail: LowDetail = { on: false };

export type SourceId = 'pressure' | 'residentMemory' | 'iostat' | 'buildTree';

/** The parts of a Sample that one source reads. */
export type SampleParts = Partial<Omit<Sample, 'version' | 'timeMs' | 'monotonicMs'>>;

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

/**
 * The parts a source answers for: where it breaks, each of them says so. (`residentMemory` also brings
 * a fresher `forest`, which stays `buildTree`'s.)
 */
export const sourceParts: Readonly<Record<SourceId, readonly (keyof SampleParts)[]>> = {
  pressure: ['pressure', 'cpu'],
  residentMemory: ['memory'],
  iostat: ['disks', 'storage'],
  buildTree: ['forest'],
};

/** Default intervals, ms; `--interval` scales them. */
export const defaultIntervalMs: Readonly<Record<SourceId, number>> = {
  pressure: 500,
  residentMemory: 1000,
  iostat: 1000,
  buildTree: 1000,
};
