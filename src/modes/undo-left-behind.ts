/** What a nixpulse that is gone has left paused, lowered or limited is undone by who starts next, without a screen as well. */
import { restore } from '../actions/restore.ts';
import { resume } from '../actions/resume.ts';
import type { ActionDeps } from '../perform/action-deps.ts';
import { createJournal } from '../perform/journal.ts';
import { createPerformer } from '../perform/performer.ts';
import { undoingLeftBehind } from '../perform/undo-changes.ts';
import { depsOf, type Given } from './mode.ts';

/** Said line by line. Where nothing may be changed (`--read-only`, a captured tree) nothing is. */
export async function undoLeftBehind(given: Given, readForest: ActionDeps['readForest']): Promise<void> {
  const { ports, invocation, complain } = given;
  if (!ports.files.live || invocation.readOnly) return;
  const deps = depsOf(given, readForest, { restore, resume });
  const intents = await undoingLeftBehind(deps);
  if (intents.length === 0) return;
  await ports.signals.rehearse();
  const { ownFiles } = ports;
  const journal = createJournal({ ownFiles, stateDirectory: deps.stateDirectory, onProblem: () => {} });
  const performer = createPerformer({ deps, via: 'command', journal });
  for (const intent of intents) {
    const entry = await performer.perform(intent);
    for (const line of entry === null ? [] : [entry.summary, ...entry.details]) complain(line);
  }
  await journal.flushed();
}
