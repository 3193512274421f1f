/** Old segments go, oldest first, until the rest is within the limits; what is not ours is not touched. */
import type { Clock, RecordingFileInfo, RecordingFiles } from '../platform/ports.ts';
import { writerOf } from './format.ts';
import { segmentMagic } from './frame.ts';
import type { RecorderLimits } from './limits.ts';

export interface RetentionOptions {
  readonly files: RecordingFiles;
  readonly clock: Clock;
  readonly directory: string;
  readonly pid: number;
  readonly limits: Pick<RecorderLimits, 'totalBytes' | 'ageMs' | 'segmentBytes'>;
}

/** Another's segment that was written to so lately is being written. */
const runningMs = 2 * 60_000;

interface Segment extends RecordingFileInfo {
  readonly name: string;
  readonly path: string;
}

/** `current`: the segment that we write, never removed. What cannot be read or removed stays. */
export async function dropOldSegments(options: RetentionOptions, current: string): Promise<void> {
  const { files, clock, directory, pid, limits } = options;
  const segments = await segmentsIn(files, directory);
  const nowMs = clock.now();

  // One in the future was written while the clock was ahead.
  const running = ({ name, modifiedMs }: Segment) =>
    name === current || (writerOf(name) !== pid && Math.abs(nowMs - modifiedMs) < runningMs);
  /**
   * Ours counts as what it will become. Another's does not: whoever writes it counts it, and was perhaps killed
   * at once, as many times as something starts it anew.
   */
  const counted = ({ name, sizeBytes }: Segment) =>
    name === current ? Math.max(sizeBytes, limits.segmentBytes) : sizeBytes;

  let total = segments.reduce((sum, segment) => sum + counted(segment), 0);
  const ended = segments.filter((segment) => !running(segment));
  // Not from now: the last freeze is there after a month's absence, and when the clock is years ahead.
  const past = ended.map(({ modifiedMs }) => modifiedMs).filter((modifiedMs) => modifiedMs <= nowMs);
  const newestMs = Math.max(...past);
  for (const { path, sizeBytes, modifiedMs } of ended.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const old = newestMs - modifiedMs > limits.ageMs;
    if (!old && total <= limits.totalBytes) continue;
    if (!(await beginsAsOurs(files, path))) continue;
    if ((await files.remove(path)).ok) total -= sizeBytes;
  }
}

/** Looked at one by one: a disk that does not answer holds one thread of the pool, not all. */
async function segmentsIn(files: RecordingFiles, directory: string): Promise<Segment[]> {
  const listed = await files.list(directory);
  const segments: Segment[] = [];
  for (const name of listed.ok ? listed.value : []) {
    if (writerOf(name) === null) continue;
    const path = `${directory}/${name}`;
    const described = await files.describe(path);
    if (described.ok) segments.push({ name, path, ...described.value });
  }
  return segments;
}

/** The magic, or as much of it as a writer got to that was killed at once. */
async function beginsAsOurs(files: RecordingFiles, path: string): Promise<boolean> {
  const opened = await files.open(path);
  if (!opened.ok) return false;
  const start = await opened.value.read(0, segmentMagic.length);
  await opened.value.close();
  return start.ok && start.value.every((byte, index) => byte === segmentMagic[index]);
}
