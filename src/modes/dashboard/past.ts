/** What was before the dashboard started, from its recordings, once somebody looks at the charts. */
import { ringPoints } from '../../model/past/track-rings.ts';
import type { Clock } from '../../platform/ports.ts';
import { openRecording } from '../../record/open-recording.ts';
import type { DashboardStore } from '../../state/create.ts';
import { fillTrack } from '../../state/track.ts';
import type { RecordingOptions } from '../../watch/recording.ts';
import { olderPoints } from './older-points.ts';

/** Returns a call that reads it the first time; where nothing can be read the charts begin with the start. */
export function createPast(
  store: DashboardStore,
  recording: Pick<RecordingOptions, 'files' | 'directory'> | undefined,
  clock: Pick<Clock, 'after'>,
  open: typeof openRecording = openRecording,
): () => Promise<void> {
  let asked = false;
  return async () => {
    if (asked || recording === undefined) return;
    asked = true;
    const opened = await open(recording.files, recording.directory);
    if (!opened.ok) return;
    const { track, model } = store.getState();
    const [finest] = track.rings;
    const beforeMs = (finest && ringPoints(finest)[0]?.fromMs) ?? model.timeMs;
    // Keys and ticks come first.
    const rest = () => new Promise<void>((resolve) => clock.after(0, resolve));
    const points = await olderPoints(opened.value, { beforeMs, nowMs: model.timeMs }, rest);
    store.setState((state) => fillTrack(state, points), true);
  };
}
