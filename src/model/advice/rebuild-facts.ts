/** What a rebuild will meet, as it was read before it: raw, each part with its own problem. */
import type { Result } from '../../base/problem.ts';

export interface RebuildFacts {
  readonly store: Result<Room & { readonly mountPoint: string }>;
}

export interface Room {
  readonly freeBytes: number;
  /** Null: the file system has no fixed number of them. */
  readonly freeInodes: number | null;
}
