/** `watch --guard` and `--calm`: what is done to the command and its builds while it runs, and undone at its end. */
import { cancel } from '../../actions/cancel.ts';
import { limit } from '../../actions/limit.ts';
import { lower } from '../../actions/lower.ts';
import { pause } from '../../actions/pause.ts';
import { restore } from '../../actions/restore.ts';
import { resume } from '../../actions/resume.ts';
import { sameProcess } from '../../base/identity.ts';
import { ownActText } from '../../format/score-card.ts';
import type { GuardSettings } from '../../guard/settings.ts';
import { mayCancelCommand } from '../../guard/touchable.ts';
import type { GuardAct, GuardRuleId } from '../../model/guard/guard.ts';
import type { Intent } from '../../model/intents/intent.ts';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import type { Model } from '../../model/model.ts';
import { createGuarding } from '../../perform/guard-acting.ts';
import { createJournal } from '../../perform/journal.ts';
import { createPerformer } from '../../perform/performer.ts';
import { rehearseActing } from '../../perform/rehearse.ts';
import { undoOwn } from '../../perform/undo-changes.ts';
import type { SourceSet } from '../../watch/sources.ts';
import { identityOf } from '../guard/guard-directory.ts';
import { loadWhatStartsPrograms } from '../guard/programs-loaded.ts';
import { type Releaser, startReleaser } from '../guard/releaser.ts';
import { depsOf, type Given } from '../mode.ts';
import { createCalm } from './calm.ts';
import { createCancelling } from './cancelling.ts';
import { buildsOfClients, createOwnClients } from './own-clients.ts';
import type { Watched } from './watched.ts';

export interface Control {
  /** With every look. */
  looked(model: Model): void;
  /** Who shows what is done, and keeps it with what is seen. */
  tellTo(listener: ControlListener): void;
  /** Everything that an act takes once, where nobody is touched. */
  rehearse(): Promise<void>;
  /** Of the guard, oldest first. */
  readonly acts: readonly GuardAct[];
  /** Builds that ran when it cancelled, the heaviest first. */
  readonly within: readonly string[];
  /** The command has ended: what of its builds still runs is as before. */
  end(): Promise<void>;
}

export interface ControlListener {
  /** One line, and the entry of the journal where something was done. */
  say(line: string): void;
  acted(entry: JournalEntry): void;
}

export interface ControlOptions {
  readonly given: Given;
  readonly watched: Watched;
  readonly sources: Pick<SourceSet, 'readForest' | 'guards'>;
  /** Null: it does not guard. */
  readonly settings: GuardSettings | null;
  readonly calm: boolean;
  /** As its user's Ctrl-C: harder each time. */
  readonly interrupt: () => void;
}

export function createControl(options: ControlOptions): Control {
  const { given, watched, sources, settings, interrupt } = options;
  const { ports, complain, hardening } = given;
  const { clock, files, native, ownFiles } = ports;
  const deps = depsOf(given, sources.readForest, { pause, resume, lower, limit, restore, cancel });
  const { stateDirectory } = deps;
  const journal = createJournal({ ownFiles, stateDirectory, onProblem: () => {} });
  let listener: ControlListener = { say: complain, acted: () => {} };
  const ended = (_: number, entry: JournalEntry) => listener.acted(entry);
  const guarded = createPerformer({ deps, journal, via: 'guard', ended });
  const calmed = createPerformer({ deps, journal, via: 'command', ended });
  const ownClients = createOwnClients(files, watched.pid);
  const calm = options.calm ? createCalm(calmed.perform, (line) => listener.say(line)) : null;
  const itself = identityOf(native.pid, files);
  const releaser: Releaser | null =
    itself === null || !files.live ? null : startReleaser(given, itself, hardening, complain);
  const acts: GuardAct[] = [];
  let within: readonly string[] = [];
  let newest: Model | null = null;
  let own: ReadonlySet<number> = new Set();

  const startedMs = clock.monotonic() - (clock.now() - (watched.command?.startedMs ?? clock.now()));
  const scope = { pid: watched.pid ?? -1, startedMs };
  const cancelling = createCancelling({
    ...{ clock, user: deps.user, interrupt, ended: watched.ended },
    harder: (intent) => guarded.perform(intent),
    activates: () => newest !== null && !mayCancelCommand(newest, { ...scope, clientPids: own }),
    living: (clients) =>
      clients.filter(({ process }) => {
        const now = identityOf(process.pid, files);
        return now !== null && sameProcess(now, process);
      }),
    done(entry) {
      journal.append(entry);
      listener.acted(entry);
    },
  });

  function perform(intent: Intent, rule?: GuardRuleId): Promise<JournalEntry | null> {
    if (intent.type !== 'cancel') return guarded.perform(intent, rule);
    if (within.length === 0 && newest !== null)
      within = buildsOfClients(newest, own).flatMap(({ name }) => (name === null ? [] : [name]));
    return cancelling.cancel(intent, rule);
  }

  const guarding =
    settings &&
    createGuarding({
      ...{ settings, scope, perform, clock, process: itself ?? { pid: native.pid, startTime: 0 } },
      onAct(act) {
        acts.push(act);
        listener.say(`guard: ${ownActText(act)}`);
      },
    });

  return {
    acts,
    get within() {
      return within;
    },
    looked(model) {
      newest = model;
      own = ownClients(model);
      guarding?.use({ scope: { ...scope, clientPids: own } });
      guarding?.looked(model);
      if (guarding !== null) sources.guards.tell(guarding.status());
      calm?.looked(buildsOfClients(model, own));
    },
    tellTo(to) {
      listener = to;
    },
    async rehearse() {
      if (settings !== null) await loadWhatStartsPrograms(settings);
      if (files.live) await rehearseActing(deps, 'guard');
    },
    async end() {
      guarding?.end();
      calm?.end();
      sources.guards.tell(null);
      await cancelling.over();
      // What was learned of the last act is told in a turn of its own.
      await new Promise<void>((resolve) => clock.after(0, resolve));
      await calmed.end();
      const undone = await guarded.end(() =>
        files.live ? undoOwn(deps, guarded.perform) : Promise.resolve(),
      );
      // Else it undoes the rest as soon as we are gone.
      if (undone) releaser?.end();
    },
  };
}
