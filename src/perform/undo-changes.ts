/** What was changed of builds and has to be as before: our own when we leave, and what who is gone has left. */
import { leftBehind, loadPaused, resumeAll, stillPaused } from '../actions/paused-builds.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { JournalEntry } from '../model/intents/outcome.ts';
import { type ActionDeps, contextOf } from './action-deps.ts';

type Perform = (intent: Intent) => Promise<JournalEntry | null>;

export async function undoOwn(deps: ActionDeps, perform: Perform): Promise<void> {
  await resumeAll((targets) => perform({ type: 'resume', targets }), contextOf(deps), 'own');
}

/** What undoes what a nixpulse that is no more has left, without a command's that was to stay. */
export async function undoingLeftBehind(deps: ActionDeps): Promise<readonly Intent[]> {
  const { files } = deps.ports;
  const raw = deps.readForest();
  if (raw === null) return [];
  const paused = stillPaused(leftBehind(await loadPaused(deps), files), raw, files);
  const targets = paused.map(({ target }) => target);
  return targets.length === 0 ? [] : [{ type: 'resume', targets }];
}
