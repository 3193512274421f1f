/**
 * The emergency before it comes: a build and a client that no machine has are ended and written into a journal that
 * nobody keeps, by the code that will do it, so that all of it is compiled and in memory when the first key comes.
 */

import { fail } from '../base/problem.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { JournalEntry } from '../model/intents/outcome.ts';
import type { OwnFiles, Signals } from '../platform/ports.ts';
import type { ActionDeps } from './action-deps.ts';
import { createJournal } from './journal.ts';
import { createPerformer } from './performer.ts';
import {
  emptiedForest,
  isRehearsal,
  rehearsalBuild,
  rehearsalClient,
  rehearsalForest,
} from './rehearsal-forest.ts';

/** So many readings show the build; then it has ended. */
const livingReadings = 3;

/** What a person does from the screen; a guard does more. */
const usual: readonly Intent[] = [
  { type: 'kill', targets: [rehearsalBuild], reason: null },
  { type: 'cancel', clients: [rehearsalClient], orphans: [rehearsalBuild], everything: true },
];
const ofGuard: readonly Intent[] = [
  ...usual,
  { type: 'pause', targets: [rehearsalBuild] },
  { type: 'resume', targets: [rehearsalBuild] },
];

/** Called once after the first frame. Signals nobody. */
export async function rehearseActing(
  deps: ActionDeps,
  via: JournalEntry['via'] = 'dashboard',
): Promise<void> {
  const { ports } = deps;
  await ports.signals.rehearse();
  const raw = deps.readForest();
  if (raw === null) return;
  const ownFiles = nowhere(ports.ownFiles);
  const journal = createJournal({ ownFiles, stateDirectory: '', onProblem: () => {} });
  for (const intent of via === 'guard' ? ofGuard : usual) {
    let readings = 0;
    const readForest = () => {
      readings += 1;
      return readings <= livingReadings ? rehearsalForest(raw) : emptiedForest(raw);
    };
    const signals = onlyToRehearsal(ports.signals);
    const rehearsed = { ...deps, readForest, ports: { ...ports, ownFiles, signals } };
    await createPerformer({ deps: rehearsed, via, journal }).perform(intent);
  }
  await journal.flushed();
}

/** Real ones, but only to processes of the rehearsal. */
function onlyToRehearsal(signals: Signals): Signals {
  const refused = (pid: number) => fail('denied', `process ${pid}`, 'is not of the rehearsal');
  return {
    exact: signals.exact,
    rehearse: signals.rehearse,
    send: (process, signal) => (isRehearsal(process) ? signals.send(process, signal) : refused(process.pid)),
    sendGroup: (leader, signal) =>
      isRehearsal(leader) ? signals.sendGroup(leader, signal) : refused(leader.pid),
    controlCgroup: (directory) => fail('unsupported', directory),
  };
}

/** Everything is read as empty and written into nothing. */
function nowhere(files: OwnFiles): OwnFiles {
  return {
    read: async (path) => fail('gone', path),
    append: (_, text) => files.append('/dev/null', text),
    replace: async (path) => fail('unsupported', path),
    remove: async (path) => fail('unsupported', path),
    pending: 0,
  };
}
