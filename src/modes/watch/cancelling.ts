/**
 * The command is cancelled as its user would: Ctrl-C, and patience, for Nix cleans up; then its clients one by one, then
 * harder signals. A breaker that does not break is none.
 */
import { intentTitle } from '../../format/intent-title.ts';
import type { GuardRuleId } from '../../model/guard/guard.ts';
import type { ClientTarget, Intent } from '../../model/intents/intent.ts';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import type { Clock } from '../../platform/ports.ts';

type CancelIntent = Extract<Intent, { readonly type: 'cancel' }>;

export interface CancellingOptions {
  readonly clock: Clock;
  /** Who acts, for the journal. */
  readonly user: string;
  /** SIGINT, SIGTERM, SIGKILL: the next one each time. */
  readonly interrupt: () => void;
  /** It puts a configuration in force by now, and is to come to its end. */
  readonly activates: () => boolean;
  readonly ended: Promise<unknown>;
  /** Its clients, wherever they are. */
  readonly harder: (intent: Intent) => Promise<unknown>;
  /** Those that are still there: a shell may end at once, and leave what it has started to itself. */
  readonly living: (clients: readonly ClientTarget[]) => readonly ClientTarget[];
  readonly done: (entry: JournalEntry) => void;
}

export interface Cancelling {
  /** The same promise while it is under way: there is one command. */
  cancel(intent: CancelIntent, rule?: GuardRuleId): Promise<JournalEntry>;
  /** Resolves when nothing is under way. */
  over(): Promise<void>;
}

/** Nix waits for its builders to end, and a disk may be busy. */
const patienceMs = 10_000;
const signals = 3;
const lookMs = 100;

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

  async function run(intent: CancelIntent, rule?: GuardRuleId): Promise<JournalEntry> {
    const began = clock.monotonic();
    const time = new Date(clock.now()).toISOString();
    const late = isOver;
    let spared = false;
    for (let sent = 0; sent < signals && !isOver; sent += 1) {
      spared = options.activates();
      if (spared) break;
      interrupt();
      await wait();
      if (sent === 0 && !isOver && intent.clients.length > 0) {
        await Promise.race([ended, harder(intent)]);
        await wait();
      }
    }
    if (!late && isOver) await endClients(intent);
    const durationMs = Math.round(clock.monotonic() - began);
    const title = intent.clients.length === 0 ? 'cancel the command' : intentTitle(intent);
    const [status, end] = late
      ? (['refused', 'it had ended by itself'] as const)
      : isOver
        ? (['done', 'it has ended'] as const)
        : spared
          ? (['refused', 'it activates a configuration, and goes on'] as const)
          : (['failed', 'it goes on'] as const);
    const entry: JournalEntry = {
      ...{
        version: 1,
        time,
        user,
        via: 'guard',
        ...(rule && { rule }),
        intent,
        title,
        details: [],
        durationMs,
      },
      ...{ status, summary: `${title}: ${end}` },
    };
    done(entry);
    return entry;
  }

  /** They have had the same Ctrl-C, mostly, and clean up. */
  async function endClients(intent: CancelIntent): Promise<void> {
    const untilMs = clock.monotonic() + patienceMs;
    for (;;) {
      const clients = options.living(intent.clients);
      if (clients.length === 0) return;
      if (clock.monotonic() >= untilMs) {
        await harder({ ...intent, clients });
        return;
      }
      await new Promise<void>((resolve) => clock.after(lookMs, resolve));
    }
  }

  return {
    cancel(intent, rule) {
      under ??= run(intent, rule).finally(() => {
        if (!isOver) under = null;
      });
      return under;
    },
    async over() {
      await under;
    },
  };
}
