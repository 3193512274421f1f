/** One stream that is followed; what it brought is taken by the tick. */
import type { Model } from '../model/model.ts';
import type { LogsRaw, StreamRaw } from '../model/rebuild/followed.ts';

export interface Follower {
  /** What came since the last call; null: nothing. Never blocks, never throws. */
  take(): StreamRaw | null;
  /** What else a Sample says of it, where that is new. */
  facts?(): Omit<LogsRaw, 'streams'>;
  /** What a look has led to. */
  looked?(model: Model): void;
  close(): void;
}
