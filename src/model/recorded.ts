/** What a recording holds beside Samples: what happened, what was done, what is missing. */
import type { ModelEvent } from './model.ts';
import type { JournalEntry } from './outcome.ts';

/** `timeMs`: Unix ms. */
export type RecordedEvent =
  /** As it was derived when it was recorded; what replay shows is derived anew. */
  | { readonly kind: 'alert'; readonly timeMs: number; readonly event: ModelEvent }
  /** An action, when it ended. */
  | { readonly kind: 'action'; readonly timeMs: number; readonly entry: JournalEntry }
  /** Samples that could not be written, up to `timeMs`. */
  | {
      readonly kind: 'gap';
      readonly timeMs: number;
      readonly fromMs: number;
      readonly samples: number;
      readonly why: 'disk too slow' | 'disk full' | 'failed';
    }
  /** What somebody wrote into the recording: a caption of the demo. */
  | { readonly kind: 'note'; readonly timeMs: number; readonly text: string };

/** How the recorder does, for the screen. */
export interface RecorderStatus {
  /** `stopped`: a disk that is full or fails; `reason` says it in one line. */
  readonly state: 'off' | 'recording' | 'stopped';
  readonly reason: string | null;
  /** Samples dropped since the start because the disk did not keep up. */
  readonly dropped: number;
  /** True while samples are being dropped. */
  readonly behind: boolean;
  /** Bytes written since the start. */
  readonly writtenBytes: number;
}

export const recorderOff: RecorderStatus = {
  state: 'off',
  reason: null,
  dropped: 0,
  behind: false,
  writtenBytes: 0,
};
