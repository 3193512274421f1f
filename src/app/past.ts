/** What was before the dashboard started, from its recordings, once somebody looks at the charts. */
import { openRecording } from '../record/open-recording.ts';
import type { DashboardStore } from '../store/create.ts';
import { fillTrack } from '../store/track.ts';
import type { RecordingOptions } from './recording.ts';

/** Returns a call that reads it the first time; where nothing can be read the charts begin with the start. */
export function createPast(
  store: DashboardStore,
  recording: Pick<RecordingOptions, 'files' | 'directory'> | undefined,
  open: typeof openRecording = openRecording,
): () => Promise<void> {
  let asked = false;
  return async () => {
    if (asked || recording === undefined) return;
    asked = true;
    const opened = await open(recording.files, recording.directory);
    if (!opened.ok) return;
    const points = opened.value.chunks.map(({ point }) => point);
    store.setState((state) => fillTrack(state, points), true);
  };
}
