/** What the modes take from the machine alike: its sources, the logs that are followed, and where it is recorded. */
import { loadavg } from 'node:os';
import { resolve } from 'node:path';
import type { DiagnoseOptions } from '../diagnose/diagnose.ts';
import { defaultThresholds } from '../diagnose/thresholds.ts';
import { createDurationHistory } from '../followers/duration-history.ts';
import { createLogPathFollower } from '../followers/log-path.ts';
import type { LogsSource } from '../followers/logs-source.ts';
import { guardDirectories } from '../model/guard/guard-files.ts';
import type { RecordingFiles } from '../platform/ports.ts';
import { createRecordingFiles } from '../platform/recording-files.ts';
import { createStreamFiles } from '../platform/stream-files.ts';
import type { NoticeSource } from '../samplers/notice-source.ts';
import type { Settings } from '../settings/settings.ts';
import type { RecordingOptions } from '../watch/recording.ts';
import { createSources, type Inventories, type SourceSet } from '../watch/sources.ts';
import {
  checkFiles,
  durationFiles,
  guardPlaces,
  recordingsDirectory,
  stateDirectory,
} from './environment.ts';
import type { Given } from './mode.ts';

/** `forLong`: who watches so is told also of kills by guards of memory, and by another nixpulse. */
export async function sourcesOf(
  { invocation, ports, environment, ownTools }: Given,
  { forLong = false, ...more }: Pick<Inventories, 'progress'> & { readonly forLong?: boolean } = {},
): Promise<SourceSet> {
  const noticeSources = forLong && (await noticeSourcesOf(ports, stateDirectory(environment)));
  const load = () => import('systeminformation');
  const portable = { load, loadAverages: loadavg };
  // How long builds took here says nothing of another machine.
  const history =
    ports.files.live && createDurationHistory(ports, durationFiles(environment, ports.native.uid));
  return createSources(ports, invocation.source, {
    ...{ inventory: load, portable, stateDirectory: stateDirectory(environment) },
    ...(history && { history }),
    ...(noticeSources && { noticeSources }),
    ...(ownTools && { ownTools }),
    guardDirectories: guardDirectories(guardPlaces(environment, ports.native.uid)),
    checkFiles: checkFiles(environment, ports.native.uid).all,
    ...more,
  });
}

/** Loaded now: while memory is short nothing is. */
async function noticeSourcesOf(ports: Given['ports'], directory: string): Promise<readonly NoticeSource[]> {
  const [{ createGuardJournal }, { createActionJournal }] = await Promise.all([
    import('../samplers/guard-journal.ts'),
    import('../samplers/action-journal.ts'),
  ]);
  return [createGuardJournal(ports), createActionJournal(ports, directory)];
}

/** The log of the daemon's clients, or the one that is named. `keepsSmall`: it is followed for long. */
export function followLogs(
  { invocation, ports, countPending }: Given,
  logs: LogsSource,
  keepsSmall = true,
): void {
  if (!invocation.logs && invocation.log === null) return;
  const { files, clock, native } = ports;
  // A name that was given is the user's, wherever the machine that is looked at has its root.
  const root = invocation.log === null ? invocation.root : '/';
  const streamFiles = createStreamFiles({ root });
  countPending(() => streamFiles.pending);
  const named = invocation.log === null ? {} : { named: resolve(invocation.log) };
  logs.add(createLogPathFollower({ files, streamFiles, clock, uid: native.uid, keepsSmall, ...named }));
}

type Judged = Pick<Given, 'invocation' | 'environment' | 'ports' | 'complain' | 'ownTools'>;

/** By which numbers it is judged: the usual ones, those of the files of settings, and over both those of flags. */
export async function judgedBy(given: Judged): Promise<DiagnoseOptions> {
  const { diagnose, read } = judgedSoon(given);
  for (const line of await read()) given.complain(line);
  return diagnose;
}

export interface JudgedSoon {
  /** The same all along: what the files say holds from when they have been read. */
  readonly diagnose: DiagnoseOptions;
  /** To be called once, when nothing waits for us any more: what is wrong with the files, one line each. */
  readonly read: () => Promise<readonly string[]>;
  /** For who reads the files himself, and again later. */
  readonly use: (settings: Pick<Settings, 'diagnose' | 'clients'>) => void;
}

export function judgedSoon(given: Judged): JudgedSoon {
  const { command, config, threshold } = given.invocation;
  let thresholds = { ...defaultThresholds, ...threshold };
  const use: JudgedSoon['use'] = ({ diagnose, clients }) => {
    thresholds = { ...diagnose, ...threshold };
    if (given.ownTools !== undefined) given.ownTools.names = clients.tools;
  };
  return {
    use,
    diagnose: {
      get thresholds() {
        return thresholds;
      },
    },
    async read() {
      // What is shown there is the same everywhere.
      if (command === 'demo' && config === null) return [];
      const { readSettings, complaintLines } = await import('./settings.ts');
      const { settings, ...read } = await readSettings(given);
      use(settings);
      return complaintLines(read);
    },
  };
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
