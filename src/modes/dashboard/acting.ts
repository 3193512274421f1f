/** What the dashboard can do: its performer, the journal, what is paused or lowered, the store page. */
import { isBooted } from '../../actions/booted.ts';
import type { Intent } from '../../model/intents/intent.ts';
import type { JournalEntry } from '../../model/intents/outcome.ts';
import type { ActionDeps } from '../../perform/action-deps.ts';
import { createJournal, type Journal } from '../../perform/journal.ts';
import { rehearseActing } from '../../perform/rehearse.ts';
import { applyActor } from '../../state/apply-model.ts';
import type { DashboardStore } from '../../state/create.ts';
import { addEntries, setJournalProblem } from '../../state/journal.ts';
import type { State } from '../../state/state.ts';
import { createScreenPerformer, type ScreenPerformer } from '../screen-performer.ts';
import { createChangesKeeper } from './changes-keeper.ts';
import { createLogFileReader } from './log-file.ts';
import { createStorePage } from './store-page.ts';

export interface Acting extends Pick<ScreenPerformer, 'perform' | 'cancelNewest' | 'withReports'> {
  lookForGarbage(): void;
  /** What the first frame does not wait for. */
  begin(): void;
  /** Cancels what runs, undoes what we changed of builds unless it is to be left, writes the journal to its end. */
  end(changed: 'undo' | 'leave'): Promise<void>;
}

/** What came too late is asked again. */
const askAgainMs = 5000;

/** `onEntry`: every action that ended, as it is written into the journal. */
export function createActing(
  store: DashboardStore,
  deps: ActionDeps,
  onEntry: (entry: JournalEntry) => void = () => {},
): Acting {
  const { files, ownFiles, clock } = deps.ports;
  const update = (change: (state: State) => State) => store.setState(change, true);
  const journal = createJournal({
    ownFiles,
    stateDirectory: deps.stateDirectory,
    onProblem: (problem) =>
      update((state) => setJournalProblem(state, problem && `not written: ${problem.kind}`)),
  });
  let leaving = false;
  let askLater = () => {};
  const page = createStorePage(store, deps);
  const logFile = createLogFileReader(store, deps.ports);
  const performer = createScreenPerformer({ deps, journal, update, journalView: true, onEnded });
  const changes = createChangesKeeper(store, deps, performer.perform);

  function onEnded(entry: JournalEntry): void {
    onEntry(entry);
    if (leaving) return;
    changes.ended(entry);
    afterwards[entry.intent.type]?.();
  }

  const afterwards: Readonly<Partial<Record<Intent['type'], () => void>>> = {
    pause: () => void changes.refresh(),
    resume: () => void changes.refresh(),
    signal: () => void changes.refresh(),
    restore: () => void changes.refresh(),
    rollback: page.reload,
    verify: () => void page.readVerification(),
    repair: () => void page.readVerification(),
    'collect-garbage'() {
      page.reload();
      void page.lookForGarbage();
    },
  };

  async function lookForSystemd(): Promise<void> {
    const systemd = await isBooted(files);
    if (leaving) return;
    if (systemd === null) askLater = clock.after(askAgainMs, () => void lookForSystemd());
    else update((state) => applyActor(state, { systemd }));
  }

  return {
    ...performer,
    lookForGarbage: () => void page.lookForGarbage(),
    begin() {
      if (files.live) void rehearseActing(deps);
      void loadJournal(journal, update);
      void lookForSystemd();
      void page.readVerification();
      if (files.live) void changes.offerLeftBehind();
    },
    async end(whatIsChanged) {
      leaving = true;
      askLater();
      page.close();
      logFile.close();
      changes.close();
      const ours = whatIsChanged === 'undo' ? changes.undoOwn : changes.leaveOwn;
      await performer.end(async () => {
        if (files.live) await ours();
      });
    },
  };
}

async function loadJournal(
  journal: Journal,
  update: (change: (state: State) => State) => void,
): Promise<void> {
  const loaded = await journal.load();
  update((state) =>
    loaded.ok
      ? addEntries(state, loaded.value)
      : setJournalProblem(state, `not read: ${loaded.problem.kind}`),
  );
}
