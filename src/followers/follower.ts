/** One stream that is followed; what it brought is taken by the tick. */
import type { StreamRaw } from '../model/rebuild/followed.ts';

export interface Follower {
  /** What came since the last call; null: nothing. Never blocks, never throws. */
  take(): StreamRaw | null;
  close(): void;
}
