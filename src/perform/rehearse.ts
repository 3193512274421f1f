/**
 * The emergency before it comes: a build and a client that no machine has are ended and written into a journal that
 * nobody keeps, by the code that will do it, so that all of it is compiled and in memory when the first key comes.
 */

import { fail } from '../base/problem.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { JournalEntry } from '../model/intents/outcome.ts';
import type { OwnFiles, Priorities, Signals } from '../platform/ports.ts';
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
  // No limit: where a build has no cgroup of its own it is the daemon's.
  { type: 'lower', targets: [rehearsalBuild] },
  { type: 'restore', targets: [rehearsalBuild] },
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
    const priorities = onlyOfRehearsal(ports.priorities);
    const rehearsed = { ...deps, readForest, ports: { ...ports, ownFiles, signals, priorities } };
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

/** Nobody's: no cgroup has such a build. */
function onlyOfRehearsal(priorities: Priorities): Priorities {
  const refused = (pid: number) => fail('denied', `process ${pid}`, 'is not of the rehearsal');
  return {
    prepare: priorities.prepare,
    ioPriority: priorities.ioPriority,
    setIoPriority: (thread, value) =>
      isRehearsal(thread) ? priorities.setIoPriority(thread, value) : refused(thread.pid),
    setNice: (thread, nice) => (isRehearsal(thread) ? priorities.setNice(thread, nice) : refused(thread.pid)),
    setSessionNice: (process, nice) =>
      isRehearsal(process) ? priorities.setSessionNice(process, nice) : refused(process.pid),
    setCgroup: async (directory) => fail('unsupported', directory),
    enableController: async (directory) => fail('unsupported', directory),
    pending: 0,
  };
}

/** Everything is read as empty and written into nothing. */
function nowhere(files: OwnFiles): OwnFiles {
  return {
    read: async (path) => fail('gone', path),
    append: (_, text) => files.append('/dev/null', text),
    replace: async (path) => fail('unsupported', path),
    remove: async (path) => fail('unsupported', path),
    removeLink: async (path) => fail('unsupported', path),
    pending: 0,
  };
}
