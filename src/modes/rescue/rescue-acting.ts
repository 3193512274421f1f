/** The hands of the rescue screen: intents carried out and written into the journal, as in the dashboard. */
import { intentTitle } from '../../format/intent-title.ts';
import type { Intent } from '../../model/intents/intent.ts';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import { carryOut, type Means } from '../../perform/carry-out.ts';
import { createJournal } from '../../perform/journal.ts';
import {
  type RescueState,
  withAction,
  withCancelling,
  withNotice,
  withoutAction,
  withReport,
} from './rescue-state.ts';

export interface RescueActing {
  perform(intent: Intent): void;
  /** The newest that is not being cancelled yet. */
  cancelNewest(): void;
  /** Cancels what runs; resolves when it has ended and the journal is written, or a disk took too long. */
  end(): Promise<void>;
}

/** A disk that does not answer must not keep us from ending. */
const patienceMs = 6000;

export function createRescueActing(options: {
  readonly means: Means;
  readonly update: (step: (state: RescueState) => RescueState) => void;
  readonly onEnded: () => void;
}): RescueActing {
  const { means, update } = options;
  const { clock, ownFiles } = means.ports;
  const journal = createJournal({
    ownFiles,
    stateDirectory: means.stateDirectory,
    onProblem: (problem) => {
      if (problem !== null) {
        update((state) =>
          withNotice(state, `${state.notice?.text ?? ''} (the journal is not written)`, 'warning'),
        );
      }
    },
  });
  const running = new Map<number, { readonly abort: AbortController; readonly done: Promise<unknown> }>();
  let lastId = 0;

  async function run(id: number, intent: Intent, abort: AbortController): Promise<void> {
    const entry = await carryOut(
      {
        intent,
        via: 'dashboard',
        report: (progress) => update((state) => withReport(state, id, progress)),
        cancelled: abort.signal,
      },
      means,
      journal,
    );
    running.delete(id);
    update((state) =>
      withNotice(withoutAction(state, id), noticeOf(entry), entry.status === 'done' ? 'info' : 'warning'),
    );
    options.onEnded();
  }

  return {
    perform(intent) {
      lastId += 1;
      const id = lastId;
      const abort = new AbortController();
      const begun = { id, intent, title: intentTitle(intent), sinceMs: clock.monotonic() };
      update((state) => withAction(state, begun));
      running.set(id, { abort, done: run(id, intent, abort) });
    },
    cancelNewest() {
      const newest = [...running].findLast(([, { abort }]) => !abort.signal.aborted);
      if (newest === undefined) return;
      const [id, { abort }] = newest;
      abort.abort();
      update((state) => withCancelling(state, id));
    },
    async end() {
      for (const { abort } of running.values()) abort.abort();
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancelWait = clock.after(patienceMs, resolve);
      await Promise.race([leave(), late]);
      cancelWait();
    },
  };

  async function leave(): Promise<void> {
    await Promise.all([...running.values()].map(({ done }) => done));
    await journal.flushed();
  }
}

function noticeOf({ summary, details }: JournalEntry): string {
  const [first] = details;
  return first === undefined ? summary : `${summary} · ${first}`;
}
