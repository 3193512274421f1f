/** What lies in a directory of recordings, read whole. */
import type { RecordedEvent } from '../../src/model/past/recorded.ts';
import type { TrackPoint } from '../../src/model/past/track.ts';
import type { Sample } from '../../src/model/sample.ts';
import type { RecordingFiles } from '../../src/platform/ports.ts';
import { openRecording } from '../../src/record/open-recording.ts';
import type { Damage } from '../../src/record/recording.ts';

export interface WholeRecording {
  /** Chunk by chunk. */
  readonly chunks: readonly { readonly point: TrackPoint; readonly samples: readonly Sample[] }[];
  readonly samples: readonly Sample[];
  readonly events: readonly RecordedEvent[];
  readonly damage: readonly Damage[];
}

export async function readWhole(files: RecordingFiles, path: string): Promise<WholeRecording> {
  const opened = await openRecording(files, path);
  if (!opened.ok) throw new Error(JSON.stringify(opened.problem));
  const recording = opened.value;
  const chunks = [];
  for (const { point, load } of recording.chunks) chunks.push({ point, samples: await load() });
  const { events, damage } = recording;
  return { chunks, samples: chunks.flatMap(({ samples }) => samples), events, damage };
}
