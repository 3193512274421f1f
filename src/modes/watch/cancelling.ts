/**
 * The command is cancelled as its user would: Ctrl-C, and patience, for Nix cleans up; then its clients one by one, then
 * harder signals. A breaker that does not break is none.
 */
import { intentTitle } from '../../format/intent-title.ts';
import type { Intent } from '../../model/intents/intent.ts';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import type { Clock } from '../../platform/ports.ts';

type CancelIntent = Extract<Intent, { readonly type: 'cancel' }>;

export interface CancellingOptions {
  readonly clock: Clock;
  /** Who acts, for the journal. */
  readonly user: string;
  /** SIGINT, SIGTERM, SIGKILL: the next one each time. */
  readonly interrupt: () => void;
  readonly ended: Promise<unknown>;
  /** Its clients, wherever they are. */
  readonly harder: (intent: Intent) => Promise<unknown>;
  readonly done: (entry: JournalEntry) => void;
}

export interface Cancelling {
  /** The same promise while it is under way: there is one command. */
  cancel(intent: CancelIntent): Promise<JournalEntry>;
  /** Resolves when nothing is under way. */
  over(): Promise<void>;
}

/** Nix waits for its builders to end, and a disk may be busy. */
const patienceMs = 10_000;
const signals = 3;

export function createCancelling(options: CancellingOptions): Cancelling {
  const { clock, user, interrupt, harder, done } = options;
  let under: Promise<JournalEntry> | null = null;
  let isOver = false;
  const ended = options.ended.then(() => {
    isOver = true;
  });

  async function wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const stop = clock.after(patienceMs, resolve);
    await Promise.race([ended, promise]);
    stop();
  }

  async function run(intent: CancelIntent): Promise<JournalEntry> {
    const began = clock.monotonic();
    const time = new Date(clock.now()).toISOString();
    for (let sent = 0; sent < signals && !isOver; sent += 1) {
      interrupt();
      await wait();
      if (sent === 0 && !isOver && intent.clients.length > 0) {
        await Promise.race([ended, harder(intent)]);
        await wait();
      }
    }
    const durationMs = Math.round(clock.monotonic() - began);
    const title = intent.clients.length === 0 ? 'cancel the command' : intentTitle(intent);
    const said = isOver
      ? ({ status: 'done', summary: `${title}: it has ended` } as const)
      : ({ status: 'failed', summary: `${title}: it goes on` } as const);
    const entry: JournalEntry = {
      ...{ version: 1, time, user, via: 'guard', intent, title, details: [], durationMs },
      ...said,
    };
    done(entry);
    return entry;
  }

  return {
    cancel(intent) {
      under ??= run(intent).finally(() => {
        if (!isOver) under = null;
      });
      return under;
    },
    async over() {
      await under;
    },
  };
}
