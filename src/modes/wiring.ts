/** What the modes take from the machine alike: its sources, and where it is recorded. */
import { loadavg } from 'node:os';
import { createDurationHistory } from '../followers/duration-history.ts';
import type { RecordingFiles } from '../platform/ports.ts';
import { createRecordingFiles } from '../platform/recording-files.ts';
import type { RecordingOptions } from '../watch/recording.ts';
import { createSources, type SourceSet } from '../watch/sources.ts';
import { durationFiles, recordingsDirectory } from './environment.ts';
import type { Given } from './mode.ts';

export function sourcesOf({ invocation, ports, environment }: Given): Promise<SourceSet> {
  const load = () => import('systeminformation');
  const portable = { load, loadAverages: loadavg };
  // How long builds took here says nothing of another machine.
  const history = ports.files.live && createDurationHistory(ports, durationFiles(environment));
  return createSources(ports, invocation.source, { inventory: load, portable, ...(history && { history }) });
}

export function recordingFilesOf({ countPending }: Given): RecordingFiles {
  const files = createRecordingFiles();
  countPending(() => files.pending);
  return files;
}

export function recordingOf(given: Given): RecordingOptions {
  const { invocation, environment, ports, version } = given;
  const { uid, pid } = ports.native;
  const directory = recordingsDirectory(invocation.dir, environment, uid);
  return { files: recordingFilesOf(given), directory, writer: version, pid };
}
