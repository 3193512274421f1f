/** A recording as it is read: any time in it, its events, and what of it is damaged. */
import type { RecordedEvent } from '../model/past/recorded.ts';
import type { TrackPoint } from '../model/past/track.ts';
import type { Sample } from '../model/sample.ts';

/** What could not be read; everything around it was. */
export interface Damage {
  readonly file: string;
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly bytes: number;
  /** One clause for people: `checksum does not fit`, `cut off`. */
  readonly what: string;
}

/** A minute or so of Samples, decoded together. */
export interface RecordedChunk {
  /** Who wrote it, the same in all segments of one process: only its own Samples follow on each other. */
  readonly writer: string;
  readonly point: TrackPoint;
  /** What could be read of it, perhaps nothing: `damage` then says why. */
  readonly load: () => Promise<readonly Sample[]>;
}

export interface Recording {
  /**
   * In order of time, over all segments; two writers' chunks may overlap. Those of one writer stay in the
   * order in which they were written, wherever the wall clock jumped. Never empty.
   */
  readonly chunks: readonly RecordedChunk[];
  /** In order of time. */
  readonly events: readonly RecordedEvent[];
  /** Grows while chunks are loaded. */
  readonly damage: readonly Damage[];
  /** Where it comes from, for people: the file or directory. */
  readonly title: string;
  /** Looks for what was added since: a recording that is still being written. */
  refresh(): Promise<void>;
}
