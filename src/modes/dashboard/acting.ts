/** The dashboard's hands: actions, the journal, what is paused, the store page; taken apart on the way out. */
import type { Intent } from '../../model/intents/intent.ts';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import { carryOut, type Means } from '../../perform/carry-out.ts';
import { createJournal, type Journal } from '../../perform/journal.ts';
import { createPerformer } from '../../perform/performer.ts';
import { rehearseActing } from '../../perform/rehearse.ts';
import { applyActor } from '../../state/apply-model.ts';
import type { DashboardStore } from '../../state/create.ts';
import { addEntries, setJournalProblem } from '../../state/journal.ts';
import type { State } from '../../state/state.ts';
import { createPausedKeeper } from './paused-keeper.ts';
import { createStorePage } from './store-page.ts';

export interface Acting {
  perform(intent: Intent): void;
  cancelRunning(): void;
  lookForGarbage(): void;
  withReports(state: State): State;
  /** What the first frame does not wait for. */
  begin(): void;
  /** Cancels what runs, resumes what we paused unless it is to be left, writes the journal to its end. */
  end(paused: 'resume' | 'leave'): Promise<void>;
}

/** A disk that does not answer must not keep us from ending. */
const patienceMs = 6000;

/** `onEntry`: every action that ended, as it is written into the journal. */
export function createActing(
  store: DashboardStore,
  means: Means,
  onEntry: (entry: JournalEntry) => void = () => {},
): Acting {
  const { clock, files, ownFiles } = means.ports;
  const file = createJournal({
    ownFiles,
    stateDirectory: means.stateDirectory,
    onProblem: (problem) =>
      store.setState((state) => setJournalProblem(state, problem && `not written: ${problem.kind}`), true),
  });
  const journal: Journal = {
    ...file,
    append(entry) {
      file.append(entry);
      onEntry(entry);
    },
  };
  const paused = createPausedKeeper(store, means);
  const page = createStorePage(store, means);
  const performer = createPerformer({ store, means, journal, onEnded });

  function onEnded({ intent }: JournalEntry): void {
    switch (intent.type) {
      case 'pause':
      case 'resume':
      case 'signal':
        void paused.refresh();
        return;
      case 'rollback':
        page.reload();
        return;
      case 'verify':
      case 'repair':
        void page.readVerification();
        return;
      case 'collect-garbage':
        page.reload();
        void page.lookForGarbage();
        return;
    }
  }

  async function loadJournal(): Promise<void> {
    const loaded = await journal.load();
    store.setState(
      (state) =>
        loaded.ok
          ? addEntries(state, loaded.value)
          : setJournalProblem(state, `not read: ${loaded.problem.kind}`),
      true,
    );
  }

  async function lookForSystemd(): Promise<void> {
    // sd_booted(3).
    const booted = await files.ownerSlow('/run/systemd/system');
    store.setState((state) => applyActor(state, { systemd: booted.ok }), true);
  }

  return {
    perform: (intent) => void performer.perform(intent),
    cancelRunning: performer.cancelNewest,
    lookForGarbage: () => void page.lookForGarbage(),
    withReports: performer.withReports,
    begin() {
      if (files.live) void rehearseActing(means);
      void loadJournal();
      void lookForSystemd();
      void page.readVerification();
      if (files.live) void paused.offerLeftBehind();
    },
    async end(whatIsPaused) {
      page.close();
      paused.close();
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancelWait = clock.after(patienceMs, resolve);
      await Promise.race([leave(), late]);
      cancelWait();

      async function leave(): Promise<void> {
        await performer.end();
        if (whatIsPaused === 'resume' && files.live) {
          await paused.resumeOwn((intent) => {
            const errand = { intent, report: () => {}, cancelled: new AbortController().signal };
            return carryOut({ ...errand, via: 'dashboard' }, means, journal);
          });
        }
        await journal.flushed();
      }
    },
  };
}
