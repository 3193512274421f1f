/** What a recording holds beside Samples: what happened, what was done, what is missing. */

import { plural } from '../../base/plural.ts';
import type { KeptEntry } from '../intents/outcome.ts';
import type { ModelEvent } from '../model.ts';

/** `timeMs`: Unix ms. */
export type RecordedEvent =
  /**
   * As it was derived when it was recorded; what replay shows is derived anew. Its `text` is for a version
   * that does not know the kind.
   */
  | {
      readonly kind: 'alert';
      readonly timeMs: number;
      readonly event: ModelEvent & { readonly text?: string };
    }
  /** An action, when it ended. */
  | { readonly kind: 'action'; readonly timeMs: number; readonly entry: KeptEntry }
  /** What could not be written, up to `timeMs`. */
  | {
      readonly kind: 'gap';
      readonly timeMs: number;
      readonly fromMs: number;
      readonly samples: number;
      /** Absent: none. */
      readonly events?: number;
      readonly why: 'disk too slow' | 'too long';
    }
  /** What somebody wrote into the recording: a caption of the demo. */
  | { readonly kind: 'note'; readonly timeMs: number; readonly text: string };

/** How the recorder does, for the screen. */
export interface RecorderStatus {
  /** `stopped`: a disk that is full or fails; `reason` says it in one line. */
  readonly state: 'off' | 'recording' | 'stopped';
  readonly reason: string | null;
  /** Samples and events dropped since the start because the disk did not keep up. */
  readonly dropped: number;
  readonly droppedEvents: number;
  /** Samples and events left out since the start because no record holds them. */
  readonly tooLong: number;
  readonly tooLongEvents: number;
  /** True while what comes is being dropped. */
  readonly behind: boolean;
  /** Bytes written since the start. */
  readonly writtenBytes: number;
}

export const recorderOff: RecorderStatus = {
  state: 'off',
  reason: null,
  dropped: 0,
  droppedEvents: 0,
  tooLong: 0,
  tooLongEvents: 0,
  behind: false,
  writtenBytes: 0,
};

/** `12 samples and 1 event`. */
export function lostText(samples: number, events: number): string {
  const kinds = [
    ...(samples > 0 || events === 0 ? [plural(samples, 'sample')] : []),
    ...(events > 0 ? [plural(events, 'event')] : []),
  ];
  return kinds.join(' and ');
}
