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
import type { Watcher } from '../watch/watcher.ts';
import {
  checkFiles,
  durationFiles,
  guardPlaces,
  recordingsDirectory,
  stateDirectory,
} from './environment.ts';
import { lookOf } from './look.ts';
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

type Judged = Pick<
  Given,
  'invocation' | 'environment' | 'ports' | 'complain' | 'ownTools' | 'look' | 'process'
>;

/** By which numbers it is judged: the usual ones, those of the files of settings, and over both those of flags. */
export async function judgedBy(given: Judged): Promise<DiagnoseOptions> {
  return (await judgedNow(given)).diagnose;
}

/** The files were read, and what is wrong with them was said. */
export async function judgedNow(given: Judged): Promise<JudgedSoon> {
  const judged = judgedSoon(given);
  for (const line of (await judged.read()).complaints) given.complain(line);
  return judged;
}

export interface JudgedSoon {
  /** The same all along: what the files say holds from when they have been read. */
  readonly diagnose: DiagnoseOptions;
  /** As --interval, which wins over the files. */
  readonly intervalScale: number;
  /** To be called when nothing waits for us any more, and again to have them read anew. */
  readonly read: () => Promise<JudgedRead>;
  /** For who reads the files himself, and again later. */
  readonly use: (settings: Settings) => void;
}

export interface JudgedRead {
  /** Null: they are not asked for. */
  readonly settings: Settings | null;
  /** What is wrong with the files, one line each. */
  readonly complaints: readonly string[];
  /** Those that were read. */
  readonly files: readonly string[];
}

export function judgedSoon(given: Judged): JudgedSoon {
  const { command, config, threshold, typed = [], interval } = given.invocation;
  let thresholds = { ...defaultThresholds, ...threshold };
  let intervalScale = interval;
  const use = (settings: Settings) => {
    thresholds = { ...settings.diagnose, ...threshold };
    if (!typed.includes('interval')) intervalScale = settings.sampling.interval;
    if (given.ownTools !== undefined) given.ownTools.names = settings.clients.tools;
    Object.assign(given.look, lookOf(given, settings));
  };
  return {
    use,
    diagnose: {
      get thresholds() {
        return thresholds;
      },
    },
    get intervalScale() {
      return intervalScale;
    },
    async read() {
      // What is shown there is the same everywhere.
      if (command === 'demo' && config === null) return { settings: null, complaints: [], files: [] };
      const { readSettings, complaintLines } = await import('./settings.ts');
      const { settings, files, ...read } = await readSettings(given);
      use(settings);
      return { settings, files, complaints: complaintLines(read) };
    },
  };
}

/** What SIGHUP does of who only looks: what is right of the files holds from now on. */
export async function readAgain(
  judged: JudgedSoon,
  { rescale }: Pick<Watcher, 'rescale'>,
  say: (line: string) => void,
): Promise<void> {
  const { files, complaints } = await judged.read();
  rescale(judged.intervalScale);
  for (const line of complaints) say(line);
  say(readAgainText(files));
}

export function readAgainText(files: readonly string[]): string {
  return `settings were read again: ${files.length === 0 ? 'no file, all is as usual' : files.join(' and ')}`;
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
