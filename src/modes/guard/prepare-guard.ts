/** Everything that a guard of this machine needs, loaded and looked at before it begins: afterwards nothing is. */
import { fstatSync } from 'node:fs';
import { cancel } from '../../actions/cancel.ts';
import { kill } from '../../actions/kill.ts';
import { limit } from '../../actions/limit.ts';
import { lower } from '../../actions/lower.ts';
import { pause } from '../../actions/pause.ts';
import { restartDaemon, restartUnit } from '../../actions/restart-daemon.ts';
import { restore } from '../../actions/restore.ts';
import { resume } from '../../actions/resume.ts';
import { guardReachText } from '../../format/guard-reach.ts';
import type { GuardSettings } from '../../guard/settings.ts';
import { rehearseActing } from '../../perform/rehearse.ts';
import { restoringEnded, undoingLeftBehind, undoOwn } from '../../perform/undo-changes.ts';
import { openDatagrams } from '../../platform/datagrams.ts';
import type { Source } from '../../samplers/source.ts';
import type { Settings } from '../../settings/settings.ts';
import type { SourceSet } from '../../watch/sources.ts';
import type { Watcher } from '../../watch/watcher.ts';
import { guardDirectoryOf } from '../environment.ts';
import type { HeadlessGuard } from '../headless.ts';
import { depsOf, type Given } from '../mode.ts';
import { complaintLines, readSettings } from '../settings.ts';
import { guardIn, identityOf, isRunning } from './guard-directory.ts';
import { createGuardService } from './guard-service.ts';
import { createJournalLines } from './journal-lines.ts';
import { loadWhatStartsPrograms } from './programs-loaded.ts';
import { startReleaser } from './releaser.ts';
import { createServiceManager, managerSettings } from './service-manager.ts';

export type PreparedGuard =
  | { readonly ok: true; begin(watcher: Pick<Watcher, 'entry'>): HeadlessGuard }
  | { readonly ok: false; readonly exitCode: number; readonly lines: readonly string[] };

/** Says why, and gives the exit code. */
export function refuse(
  { complain }: Pick<Given, 'complain'>,
  { lines, exitCode }: Extract<PreparedGuard, { readonly ok: false }>,
  sources: readonly Source[],
): number {
  for (const source of sources) source.close();
  for (const line of lines) complain(line);
  return exitCode;
}

const refused = (exitCode: number, ...lines: readonly string[]): PreparedGuard => {
  return { ok: false, exitCode, lines };
};

/** `onSettings`: what else of the files is in force, now and after each reload. */
export async function prepareGuard(
  given: Given,
  { readForest, guards }: SourceSet,
  onSettings: (settings: Settings) => void = () => {},
): Promise<PreparedGuard> {
  const { ports, environment, hardening } = given;
  const { files, native, clock } = ports;
  const itself = identityOf(native.pid, files);
  if (given.invocation.source === 'portable' || itself === null || readForest() === null)
    return refused(2, 'guard needs the /proc of Linux');
  const read = await readSettings(given);
  // What is not understood is not acted by.
  if (read.complaints.length > 0) return refused(2, ...complaintLines(read));
  onSettings(read.settings);
  const directory = guardDirectoryOf(environment, native.uid);
  const other = await guardIn(directory, ports);
  if (other !== null && isRunning(other, files))
    return refused(1, `another guard runs already: process ${other.pid}`);

  const opened = await openDatagrams();
  const datagrams = opened.ok ? opened.value : null;
  await ports.signals.rehearse();
  const settings = settingsFor(given, read.settings.guard);
  await loadWhatStartsPrograms(settings);
  const usual = depsOf(given, readForest, {
    ...{ kill, pause, resume, cancel, lower, limit, restore },
    ...{ 'restart-daemon': restartDaemon, 'restart-unit': restartUnit },
  });
  // What is recorded before an act does not wait for the disk that the act is about.
  const deps = { ...usual, registries: [...new Set([directory, ...(usual.registries ?? [])])] };
  // What others have left included.
  const mayChange = files.live && !given.invocation.readOnly;
  const manager = createServiceManager(environment, { datagrams, clock, pid: native.pid });
  for (const name of managerSettings) delete given.process.env[name];
  const lines = createJournalLines({
    ...{ datagrams, stderrIsJournal: stderrIsJournal(environment['JOURNAL_STREAM']) },
    stderr: (line) =>
      void given.process.stderr.write(line.startsWith('<') ? `${line}\n` : `nixpulse: ${line}\n`),
  });

  return {
    ok: true,
    begin(watcher) {
      const service = createGuardService({
        ...{ settings, deps, directory, environment, lines, manager, process: itself },
        onEntry: watcher.entry,
        onStatus: guards.tell,
        undoLeftBehind: async () => (mayChange ? undoingLeftBehind(deps) : []),
        restoringEnded: () => restoringEnded(deps),
        undoOwn: (perform) => undoOwn(deps, perform),
      });
      const releaser = mayChange
        ? startReleaser(given, itself, hardening, (line) => service.say(line, 4))
        : null;
      service.say(beginText(settings, read.files));
      const reach = guardReachText([...native.missing('signal-all'), ...native.missing('set-priority')]);
      if (reach !== null) service.say(reach, 4);
      return {
        looked: service.looked,
        ready: service.ready,
        rehearse: () => rehearseActing(deps, 'guard'),
        reload() {
          service.reloading();
          void reread().then(service.reloaded);
        },
        async end() {
          // Else it undoes the rest as soon as we are gone.
          if (await service.end()) releaser?.end();
          datagrams?.close();
        },
      };

      /** Null: it stays as it is. */
      async function reread(): Promise<GuardSettings | null> {
        const again = await readSettings(given);
        if (again.complaints.length > 0) {
          for (const line of complaintLines(again)) service.say(line, 3);
          service.say('the settings stay as they were', 4);
          return null;
        }
        const now = settingsFor(given, again.settings.guard);
        await loadWhatStartsPrograms(now);
        onSettings(again.settings);
        service.say(`settings were read again: ${modeText(now)}`);
        return now;
      }
    },
  };
}

/** By the files, and by flags, which can only make it milder. */
function settingsFor({ invocation, ports }: Given, settings: GuardSettings): GuardSettings {
  const onlyTells = invocation.dryRun || invocation.readOnly || !ports.files.live;
  return onlyTells ? { ...settings, dryRun: true } : settings;
}

function beginText(settings: GuardSettings, files: readonly string[]): string {
  const by = files.length === 0 ? 'by the usual settings' : `by ${files.join(' and ')}`;
  return `guards this machine ${by}: ${modeText(settings)}`;
}

function modeText({ dryRun, rules }: GuardSettings): string {
  const on = Object.values(rules).filter(({ enabled }) => enabled).length;
  return `${on} rules, ${dryRun ? 'it only tells' : 'armed'}`;
}

/** systemd.exec(5): device and inode of the socket that stderr is, where it is the journal's. */
function stderrIsJournal(told: string | undefined): boolean {
  if (told === undefined) return false;
  try {
    const { dev, ino } = fstatSync(2);
    return told === `${dev}:${ino}`;
  } catch {
    return false;
  }
}
