/** Old segments go, oldest first, until the rest is within the limits; what is not ours is not touched. */
import type { Clock, RecordingFileInfo, RecordingFiles } from '../platform/ports.ts';
import { segmentMagic } from './frame.ts';
import type { RecorderLimits } from './limits.ts';
import { parseSegmentName } from './segment-name.ts';

export interface RetentionOptions {
  readonly files: RecordingFiles;
  readonly clock: Clock;
  readonly directory: string;
  readonly pid: number;
  readonly limits: Pick<RecorderLimits, 'totalBytes' | 'ageMs' | 'segmentBytes'>;
}

/** Another's segment that was written to so lately is being written. */
const runningMs = 2 * 60_000;

/** `current`: the segment that we write, never removed. What cannot be read or removed stays. */
export async function dropOldSegments(options: RetentionOptions, current: string): Promise<void> {
  const { files, clock, directory, pid, limits } = options;
  const listed = await files.list(directory);
  if (!listed.ok) return;
  const nowMs = clock.now();
  const segments = listed.value.filter(({ name }) => parseSegmentName(name) !== null);

  const running = ({ name, modifiedMs }: RecordingFileInfo) =>
    name === current || (parseSegmentName(name)?.pid !== pid && nowMs - modifiedMs < runningMs);
  /** One that still grows counts as what it may become. */
  const counted = (segment: RecordingFileInfo) =>
    running(segment) ? Math.max(segment.sizeBytes, limits.segmentBytes) : segment.sizeBytes;

  let total = segments.reduce((sum, segment) => sum + counted(segment), 0);
  const ended = segments.filter((segment) => !running(segment));
  // Not from now: the last freeze is there after a month's absence, and when the clock is years ahead.
  const newestMs = Math.min(nowMs, Math.max(...ended.map(({ modifiedMs }) => modifiedMs)));
  for (const segment of ended.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const old = newestMs - segment.modifiedMs > limits.ageMs;
    if (!old && total <= limits.totalBytes) continue;
    const path = `${directory}/${segment.name}`;
    if (!(await beginsAsOurs(files, path))) continue;
    if ((await files.remove(path)).ok) total -= segment.sizeBytes;
  }
}

/** The magic, or as much of it as a writer got to that was killed at once. */
async function beginsAsOurs(files: RecordingFiles, path: string): Promise<boolean> {
  const opened = await files.open(path);
  if (!opened.ok) return false;
  const start = await opened.value.read(0, segmentMagic.length);
  await opened.value.close();
  return start.ok && start.value.every((byte, index) => byte === segmentMagic[index]);
}
