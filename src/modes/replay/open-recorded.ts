/** Opens what was recorded, wherever it is: a segment, a directory of them, or a bundle of `nixpulse collect`. */
import type { Result } from '../../base/problem.ts';
import type { RecordingFiles } from '../../platform/ports.ts';
import { openRecording } from '../../record/open-recording.ts';
import type { Recording } from '../../record/recording.ts';

/** Two bytes tell; what reads bundles is loaded for one alone. `onJournal`: its journal of actions, where it has one. */
export async function openRecorded(
  files: RecordingFiles,
  path: string,
  onJournal: (text: string) => void = () => {},
): Promise<Result<Recording>> {
  const listed = await files.list(path);
  if (listed.ok || !(await beginsAsGzip(files, path))) return openRecording(files, path);
  const { openBundle } = await import('../../bundle/open-bundle.ts');
  const opened = await openBundle(files, path);
  if (!opened.ok) return opened;
  if (opened.value.journal !== null) onJournal(opened.value.journal);
  return openRecording(opened.value.files, opened.value.path);
}

/** RFC 1952. */
async function beginsAsGzip(files: RecordingFiles, path: string): Promise<boolean> {
  const opened = await files.open(path);
  if (!opened.ok) return false;
  const start = await opened.value.read(0, 2);
  await opened.value.close();
  return start.ok && start.value[0] === 0x1f && start.value[1] === 0x8b;
}
