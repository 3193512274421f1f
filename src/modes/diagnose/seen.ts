/** What a diagnosis stands on: a Model, and how long what it is made of was looked at. */
import type { Model } from '../../model/model.ts';

export interface Seen {
  readonly model: Model;
  /** Unix ms of the first look that counts, live or recorded. */
  readonly fromMs: number;
  /** What was recorded of it: the file or directory; null: it is live alone. */
  readonly recorded: string | null;
  /** It was looked at now. */
  readonly live: boolean;
}
