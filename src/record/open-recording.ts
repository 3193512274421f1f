/** Opens a recording for reading: one segment, or a directory of them. */
import { fail, type Result } from '../model/problem.ts';
import type { RecordingFiles } from '../platform/ports.ts';
import type { Recording } from './recording.ts';

/**
 * `path`: a segment or a directory. What cannot be read in it is damage; a Problem when there is nothing
 * at all that can.
 */
export async function openRecording(_files: RecordingFiles, path: string): Promise<Result<Recording>> {
  return fail('unsupported', path, 'reading is not written yet');
}
