/** What the modes take from the machine alike: its sources, and where it is recorded. */
import { loadavg } from 'node:os';
import type { RecordingFiles } from '../platform/ports.ts';
import { createRecordingFiles } from '../platform/recording-files.ts';
import type { RecordingOptions } from '../watch/recording.ts';
import { createSources, type SourceSet } from '../watch/sources.ts';
import { recordingsDirectory } from './environment.ts';
import type { Given } from './mode.ts';

export function sourcesOf({ invocation, ports }: Given): Promise<SourceSet> {
  const load = () => import('systeminformation');
  const portable = { load, loadAverages: loadavg };
  return createSources(ports, invocation.source, { inventory: load, portable });
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
