/** Carries one Intent out and writes it into the journal: the same for a key and for a command. */
import type { ActionContext } from '../actions/action.ts';
import { intentTitle } from '../format/intent-title.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { JournalEntry, Outcome, Progress } from '../model/intents/outcome.ts';
import type { ForestRaw } from '../model/sample.ts';
import type { Ports } from '../platform/ports.ts';
import type { Journal } from './journal.ts';

/** What everything that acts has in common. */
export interface Means {
  readonly ports: Ports;
  readonly readForest: () => ForestRaw | null;
  readonly stateDirectory: string;
  readonly performIntent: (intent: Intent, context: ActionContext) => Promise<Outcome>;
  /** Who acts, for the journal: `root`, `root for ada`. */
  readonly user: string;
}

export interface Errand {
  readonly intent: Intent;
  readonly via: JournalEntry['via'];
  readonly report: (progress: Progress) => void;
  readonly cancelled: AbortSignal;
}

export function contextOf(
  { ports, readForest, stateDirectory }: Means,
  { report, cancelled }: Pick<Errand, 'report' | 'cancelled'>,
): ActionContext {
  return { ports, readForest, stateDirectory, report, cancelled };
}

/** The entry as it was written. */
export async function carryOut(errand: Errand, means: Means, journal: Journal): Promise<JournalEntry> {
  const { intent, via } = errand;
  const { clock } = means.ports;
  const time = new Date(clock.now()).toISOString();
  const startMs = clock.monotonic();
  const outcome = await attempt(errand, means);
  const entry: JournalEntry = {
    version: 1,
    time,
    user: means.user,
    via,
    intent,
    title: intentTitle(intent),
    ...outcome,
    durationMs: Math.round(clock.monotonic() - startMs),
  };
  journal.append(entry);
  return entry;
}

/** A bug of ours in one action must not take the screen away from whoever needs the next one. */
async function attempt(errand: Errand, means: Means): Promise<Outcome> {
  if (!means.ports.files.live) {
    const summary = 'this is a captured tree (--root): nothing was changed';
    return { status: 'refused', summary, details: [] };
  }
  try {
    return await means.performIntent(errand.intent, contextOf(means, errand));
  } catch (error) {
    const { message, stack } = error instanceof Error ? error : new Error(String(error));
    const details = (stack ?? '').split('\n').slice(1, 6);
    return { status: 'failed', summary: `a bug in nixpulse: ${message}`, details };
  }
}
