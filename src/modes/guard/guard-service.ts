/**
 * A guard as a service: what is looked at goes to the policy, what it decides to a performer, and what was done to the
 * journal, the service manager, a hook, desktops and status.json. The same alone and beside a recorder.
 */
import type { ProcessIdentity } from '../../base/identity.ts';
import {
  guardActText,
  guardEnvironment,
  guardJournalFields,
  guardMessageIds,
  guardPriority,
} from '../../format/guard-act.ts';
import { intentTitle } from '../../format/intent-title.ts';
import type { GuardSettings } from '../../guard/settings.ts';
import type { GuardAct, GuardStatus } from '../../model/guard/guard.ts';
import { type GuardHold, holdFile, statusFile } from '../../model/guard/guard-files.ts';
import type { Intent } from '../../model/intents/intent.ts';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import type { Model } from '../../model/model.ts';
import type { ActionDeps } from '../../perform/action-deps.ts';
import { createGuarding, type GuardingOptions } from '../../perform/guard-acting.ts';
import { createJournal } from '../../perform/journal.ts';
import { createPerformer } from '../../perform/performer.ts';
import type { Environment } from '../environment.ts';
import { askUnit } from './ask-unit.ts';
import { desktopPrograms } from './desktops.ts';
import { createHoldFile } from './hold-file.ts';
import type { JournalLines } from './journal-lines.ts';
import { createPrograms } from './programs.ts';
import type { ServiceManager } from './service-manager.ts';
import { createStatusFile } from './status-file.ts';
import { createUnitStates } from './unit-states.ts';

export interface GuardServiceOptions extends Pick<GuardingOptions, 'settings' | 'given'> {
  readonly deps: ActionDeps;
  readonly process: ProcessIdentity;
  /** Of its own files: status.json, hold.json. */
  readonly directory: string;
  readonly environment: Environment;
  readonly lines: JournalLines;
  readonly manager: ServiceManager;
  /** An action that ended: for a recording, and for the next look. */
  readonly onEntry: (entry: JournalEntry) => void;
  /** Of this very process, sooner than its file tells it. */
  readonly onStatus?: (status: GuardStatus | null) => void;
  /** What undoes what another one that is gone has left; at the beginning. */
  readonly undoLeftBehind: () => Promise<readonly Intent[]>;
  /** What puts back a unit that was limited for a build that has ended; null: there is none. */
  readonly restoringEnded: () => Promise<Intent | null>;
  /** Undoes what we did; at the end. */
  readonly undoOwn: (perform: GuardingOptions['perform']) => Promise<void>;
}

export interface GuardService {
  /** With every Model, right after the look. */
  looked(model: Model): void;
  /** It is warm: whoever started it may go on. */
  ready(): void;
  /** One line into the journal that is no act. */
  say(text: string, priority?: 3 | 4 | 5): void;
  /** Settings are read again. */
  reloading(): void;
  reloaded(settings: GuardSettings | null): void;
  /** Ends what is under way, undoes what we did, and takes leave. False: it was not all undone in time. */
  end(): Promise<boolean>;
}

const restoreEveryMs = 30_000;

export function createGuardService(options: GuardServiceOptions): GuardService {
  const { deps, directory, environment, lines, manager } = options;
  const { clock, files, ownFiles, spawn, native } = deps.ports;
  const { stateDirectory } = deps;
  let short = false;
  let isReady = false;
  /** We have limited something, and looked last whether it is to be put back. */
  let limits = false;
  let restoredMs = clock.monotonic();

  const say: GuardService['say'] = (text, priority = 5) =>
    lines.write({
      ...{ MESSAGE: text, PRIORITY: priority, MESSAGE_ID: guardMessageIds.state },
      SYSLOG_IDENTIFIER: 'nixpulse-guard',
    });
  const complain = (line: string) => say(line, 4);
  /** A bug beside the guarding must not end it. */
  const aside = (work: Promise<void>) =>
    void work.catch((error: unknown) => complain(`a bug in nixpulse: ${String(error)}`));
  const journal = createJournal({
    ...{ ownFiles, stateDirectory },
    onProblem(problem) {
      if (problem !== null)
        complain(`the journal of actions is not written: ${problem.cause ?? problem.kind}`);
    },
  });
  const performer = createPerformer({
    ...{ deps, via: 'guard', journal },
    ended(_, entry) {
      limits ||= entry.intent.type === 'limit';
      options.onEntry(entry);
    },
  });
  const hold = createHoldFile(`${directory}/${holdFile}`, deps.ports, (now) => say(holdText(now), 4));
  const units = createUnitStates({
    ...{ spawn, clock, units: () => guarding.settings.units },
    ask: (what) => askUnit(what, clock),
  });
  const guarding = createGuarding({
    ...options,
    given: () => ({ ...options.given?.(), units: units.states() }),
    scope: null,
    clock,
    perform: performer.perform,
    heldUntilMs: hold.untilMs,
    onAct: tell,
  });
  const status = createStatusFile({
    ...{ ownFiles, clock, status: guarding.status, onTrouble: complain },
    path: `${directory}/${statusFile}`,
  });
  const programs = createPrograms({
    ...{ spawn, clock, onTrouble: complain },
    // What is done first is what matters.
    mayStart: () => !(short && guarding.busy),
  });

  function tell(act: GuardAct): void {
    lines.write(guardJournalFields(act) as Parameters<JournalLines['write']>[0]);
    status.write();
    options.onStatus?.(guarding.status());
    const { hook, notify } = guarding.settings;
    const [file, ...args] = hook;
    if (file !== undefined) programs.add({ command: [file, ...args], environment: guardEnvironment(act) });
    if (notify) aside(notifyOf(act));
  }

  async function notifyOf(act: GuardAct): Promise<void> {
    const message = { title: 'nixpulse guard', text: guardActText(act), urgent: guardPriority(act) === 3 };
    for (const program of await desktopPrograms(message, { files, uid: native.uid, environment }))
      programs.add(program);
  }

  function statusLine(): string {
    const { dryRun, heldUntilMs, acts } = guarding.status();
    const mode = dryRun ? 'only tells' : 'armed';
    const last = acts.at(-1);
    return `${heldUntilMs === null ? mode : 'held'}${last === undefined ? '' : `; last: ${guardActText(last)}`}`;
  }

  /** A build's end is no act of anybody, and what was limited for it may be the daemon's. */
  async function restoreEnded(): Promise<void> {
    const nowMs = clock.monotonic();
    if (!limits || short || guarding.busy || nowMs - restoredMs < restoreEveryMs) return;
    restoredMs = nowMs;
    const intent = await options.restoringEnded();
    const entry = intent === null ? null : await performer.perform(intent);
    if (entry !== null) say(`its build has ended: ${entry.summary}`, entry.status === 'done' ? 5 : 4);
  }

  async function undoLeftBehind(): Promise<void> {
    for (const intent of await options.undoLeftBehind()) {
      if (guarding.settings.dryRun) {
        say(`left by a guard that is gone: nixpulse guard release would ${intentTitle(intent)}`, 4);
        continue;
      }
      const entry = await performer.perform(intent);
      if (entry !== null)
        say(`left by a nixpulse that is gone: ${entry.summary}`, entry.status === 'done' ? 5 : 4);
    }
  }
  aside(undoLeftBehind());

  return {
    looked(model) {
      short = model.pressure.memory.level === 'critical';
      guarding.looked(model);
      options.onStatus?.(guarding.status());
      // From here on nothing is urgent.
      hold.looked();
      status.looked();
      lines.flush();
      programs.next();
      units.looked(model);
      aside(restoreEnded());
      if (!isReady) return;
      manager.alive();
      manager.status(statusLine());
    },
    ready() {
      isReady = true;
      manager.ready(statusLine());
    },
    say,
    reloading: manager.reloading,
    reloaded(settings) {
      if (settings !== null) guarding.use({ settings });
      if (isReady) manager.ready(statusLine());
    },
    async end() {
      guarding.end();
      manager.stopping();
      programs.end();
      options.onStatus?.(null);
      const undone = await performer.end(() => options.undoOwn(performer.perform));
      if (!undone) complain('not all of it could be undone in time: the rest is undone when we are gone');
      await status.end();
      lines.flush();
      return undone;
    },
  };

  function holdText(now: GuardHold | null): string {
    if (now === null) return 'it is held no more';
    const minutes = Math.ceil((now.untilMs - clock.now()) / 60_000);
    return `held for ${minutes} min${now.by === '' ? '' : ` by ${now.by}`}: nothing is done meanwhile`;
  }
}
