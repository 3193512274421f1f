/** What the environment says: where our files are kept, and who we are. */
import { resolve } from 'node:path';
import type { DurationFiles } from '../followers/duration-history.ts';
import { checkFileName } from '../model/cache-check/check-file.ts';
import { guardDirectories, ownGuardDirectory } from '../model/guard/guard-files.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What `bin/nixpulse`, or who packaged it, sets for us and for no program that we start. */
export const launcherSettings = [
  'MALLOC_ARENA_MAX',
  'MALLOC_MMAP_THRESHOLD_',
  'MALLOC_TRIM_THRESHOLD_',
  'NIXPULSE_NODE',
  'NIXPULSE_SESSION_NICE',
];

export function stateDirectory(environment: Environment): string {
  return `${xdgDirectory(environment, 'XDG_STATE_HOME', '.local/state')}/nixpulse`;
}

/** XDG Base Directory Specification: a relative path counts as none. */
function xdgDirectory(environment: Environment, name: string, usual: string): string {
  const set = environment[name];
  const base = set?.startsWith('/') ? set : `${environment['HOME'] || ''}/${usual}`;
  return base.replace(/\/+$/, '');
}

/** Those of nix-output-monitor: before 2.1.7 it took the cache directory. */
export function durationFiles(environment: Environment, uid: number): DurationFiles {
  const others = [
    xdgDirectory(environment, 'XDG_STATE_HOME', '.local/state'),
    xdgDirectory(environment, 'XDG_CACHE_HOME', '.cache'),
  ].map((directory) => `${directory}/nix-output-monitor/build-reports.csv`);
  return { own: `${ownDirectory(environment, uid)}/durations.csv`, others };
}

/** What holds for the machine, and over it what the user says. */
export function configFiles(environment: Environment): readonly string[] {
  return [
    '/etc/nixpulse/config.toml',
    `${xdgDirectory(environment, 'XDG_CONFIG_HOME', '.config')}/nixpulse/config.toml`,
  ];
}

const rootDirectory = '/var/lib/nixpulse';

/** Root's is the machine's, whosever home it has, unless told otherwise. */
function ownDirectory(environment: Environment, uid: number): string {
  const isTold = environment['XDG_STATE_HOME']?.startsWith('/') === true;
  return uid === 0 && !isTold ? rootDirectory : stateDirectory(environment);
}

/** `asked`: --dir. */
export function recordingsDirectory(asked: string | null, environment: Environment, uid: number): string {
  if (asked !== null) return resolve(asked);
  const own = ownDirectory(environment, uid);
  return own === rootDirectory ? own : `${own}/recordings`;
}

/** Beside the recordings: `/var/lib/nixpulse/bundles`, `~/.local/state/nixpulse/bundles`. */
export function bundlesDirectory(environment: Environment, uid: number): string {
  return `${ownDirectory(environment, uid)}/bundles`;
}

/** Recordings beside them would be nobody's to read. */
const machineChecks = `/var/lib/nixpulse-check-cache/${checkFileName}`;

/** Runs of check-cache: those of root are the machine's, and everybody's to read (`shared`). */
export function checkFiles(environment: Environment, uid: number) {
  const directory = ownDirectory(environment, uid);
  if (directory === rootDirectory) return { own: machineChecks, all: [machineChecks], shared: true };
  const own = `${directory}/${checkFileName}`;
  return { own, all: [machineChecks, own], shared: false };
}

/** `ada`, `root for ada`: who asked, not only as whom. */
export function userName({ USER, LOGNAME, SUDO_USER, DOAS_USER }: Environment, uid: number): string {
  const name = uid === 0 ? 'root' : USER || LOGNAME || `uid ${uid}`;
  const asker = SUDO_USER || DOAS_USER;
  return asker && asker !== name ? `${name} for ${asker}` : name;
}

/** Where guards may keep their files (model/guard/guard-files.ts). */
export function guardPlaces(environment: Environment, uid: number) {
  const runtimeDirectory = environment['XDG_RUNTIME_DIR'];
  return { uid, runtimeDirectory, stateDirectory: stateDirectory(environment) };
}

/** Where what was changed of builds is recorded: by ourselves, and by guards. */
export function registriesOf(environment: Environment, uid: number): readonly string[] {
  const places = guardPlaces(environment, uid);
  const guards = [guardDirectoryOf(environment, uid), ...guardDirectories(places)];
  return [...new Set([places.stateDirectory, ...guards])];
}

/** Of a guard of ours: where systemd says that RuntimeDirectory= is (systemd.exec(5)), or the usual place. */
export function guardDirectoryOf(environment: Environment, uid: number): string {
  const [told = ''] = (environment['RUNTIME_DIRECTORY'] ?? '').split(':');
  return told.startsWith('/') ? told : ownGuardDirectory(guardPlaces(environment, uid));
}
