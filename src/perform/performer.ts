/**
 * Carries Intents out, several at once where they are not in each other's way, and writes each into the journal: the
 * same for a key, a command and rescue. Callbacks say what becomes of them.
 */
import type { Action } from '../actions/action.ts';
import { conflictReason } from '../commands/conflicts.ts';
import { intentTitle } from '../format/intent-title.ts';
import type { GuardRuleId } from '../model/guard/guard.ts';
import type { Intent, IntentType } from '../model/intents/intent.ts';
import type { JournalEntry, Outcome, Progress } from '../model/intents/outcome.ts';
import { type ActionDeps, contextOf } from './action-deps.ts';
import type { Journal } from './journal.ts';

export interface BegunAction {
  readonly id: number;
  readonly intent: Intent;
  /** `kill firefox-130.0`. */
  readonly title: string;
  /** Monotonic ms. */
  readonly sinceMs: number;
}

export interface PerformerOptions {
  readonly deps: ActionDeps;
  readonly via: JournalEntry['via'];
  readonly journal: Pick<Journal, 'append' | 'flushed'>;
  begun?(action: BegunAction): void;
  progress?(id: number, progress: Progress): void;
  cancelling?(id: number): void;
  /** After every action, whatever became of it. */
  ended?(id: number, entry: JournalEntry): void;
  /** It was not begun: another action is in its way. */
  refused?(reason: string): void;
}

export interface Performer {
  /** The entry as it was written; null where it was not begun. `rule`: of a guard. */
  perform(intent: Intent, rule?: GuardRuleId): Promise<JournalEntry | null>;
  /** The newest that is not being cancelled yet. */
  cancelNewest(): void;
  /**
   * Cancels everything, waits for it, does what is left to do, and writes the journal to its end. A disk that does
   * not answer is not waited for. False: what is left to do was not done in time.
   */
  end(last?: () => Promise<unknown>): Promise<boolean>;
}

interface Running {
  readonly id: number;
  readonly intent: Intent;
  readonly abort: AbortController;
  readonly done: Promise<void>;
}

const patienceMs = 6000;

export function createPerformer(options: PerformerOptions): Performer {
  const { deps, via, journal } = options;
  const { clock, files } = deps.ports;
  let running: readonly Running[] = [];
  let lastId = 0;

  return {
    async perform(intent, rule) {
      const types = running.map((one) => one.intent.type);
      const busy = conflictReason(intent.type, types);
      if (busy !== undefined) {
        options.refused?.(busy);
        return null;
      }
      lastId += 1;
      const id = lastId;
      const abort = new AbortController();
      const { promise: done, resolve } = Promise.withResolvers<void>();
      const time = new Date(clock.now()).toISOString();
      const action = { id, intent, title: intentTitle(intent), sinceMs: clock.monotonic() };
      running = [...running, { id, intent, abort, done }];
      options.begun?.(action);
      const act = (files.live ? deps.actions[intent.type] : notLive) as Action<IntentType> | undefined;
      const report = (progress: Progress) => options.progress?.(id, progress);
      const outcome = await (act ?? notThere)(intent, contextOf(deps, report, abort.signal)).catch(bugOf);
      const durationMs = Math.round(clock.monotonic() - action.sinceMs);
      const entry: JournalEntry = {
        ...{ version: 1, time, user: deps.user, via, ...(rule && { rule }), intent, title: action.title },
        ...outcome,
        durationMs,
      };
      journal.append(entry);
      running = running.filter((one) => one.id !== id);
      options.ended?.(id, entry);
      resolve();
      return entry;
    },
    cancelNewest() {
      const newest = running.findLast(({ abort }) => !abort.signal.aborted);
      if (newest === undefined) return;
      options.cancelling?.(newest.id);
      newest.abort.abort();
    },
    async end(last) {
      for (const { abort } of running) abort.abort();
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancelWait = clock.after(patienceMs, resolve);
      let isDone = false;
      await Promise.race([leave(), late]);
      cancelWait();
      return isDone;

      async function leave(): Promise<void> {
        await Promise.all(running.map(({ done }) => done));
        await last?.();
        isDone = true;
        await journal.flushed();
      }
    },
  };
}

const notLive: Action<IntentType> = async () => ({
  status: 'refused',
  summary: 'this is a captured tree (--root): nothing was changed',
  details: [],
});

const notThere: Action<IntentType> = async ({ type }) => ({
  status: 'refused',
  summary: `${type} is not there`,
  details: [],
});

/** One action's bug must not take the screen away from whoever needs the next one. */
function bugOf(error: unknown): Outcome {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const details = (stack ?? '').split('\n').slice(1, 6);
  return { status: 'failed', summary: `a bug in nixpulse: ${message}`, details };
}
