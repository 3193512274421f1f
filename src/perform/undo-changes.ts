/** What was changed of builds and has to be as before: our own when we leave, and what who is gone has left. */
import { leftBehind, ownOf } from '../actions/change-registry.ts';
import { isInEffect, isThere, loweredBuilds, restoreThese } from '../actions/lowered-builds.ts';
import { pausedBuilds, resumeAll, stillPaused } from '../actions/paused-builds.ts';
import type { Intent } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { LoweredBuild } from '../parse/lowered-file.ts';
import { type ActionDeps, contextOf } from './action-deps.ts';

type Restoring = Extract<Intent, { readonly type: 'restore' }>;
type Perform = (intent: Intent) => Promise<Outcome | null>;

/** Resumes what we paused and puts back what we lowered or limited; what of it has ended is forgotten. */
export async function undoOwn(deps: ActionDeps, perform: Perform): Promise<void> {
  const context = contextOf(deps);
  await resumeAll((targets) => perform({ type: 'resume', targets }), context, 'own');
  const own = ownOf(await loweredBuilds.load(context), deps.ports);
  await restoreThese((targets) => perform({ type: 'restore', targets }), context, own);
}

/** As it is, it stays: nobody undoes it but who is asked to. */
export async function leaveOwn(deps: ActionDeps): Promise<void> {
  const context = { ...contextOf(deps), lasting: true };
  const paused = ownOf(await pausedBuilds.load(context), deps.ports);
  if (paused.length > 0) await pausedBuilds.remember(paused, context, true);
  const lowered = ownOf(await loweredBuilds.load(context), deps.ports);
  if (lowered.length > 0) await loweredBuilds.remember(lowered, context, true);
}

/** What undoes what a nixpulse that is no more has left, without a command's that was to stay. */
export async function undoingLeftBehind(deps: ActionDeps): Promise<readonly Intent[]> {
  const { files } = deps.ports;
  const raw = deps.readForest();
  if (raw === null) return [];
  const paused = stillPaused(leftBehind(await pausedBuilds.load(deps), files), raw, files);
  const stopped = paused.filter(({ lasting }) => !lasting).map(({ target }) => target);
  const restoring = await restoringLeftBehind(deps);
  return [
    ...(stopped.length === 0 ? [] : [{ type: 'resume', targets: stopped } as const]),
    ...(restoring === null ? [] : [restoring]),
  ];
}

/** The same of what was lowered or limited alone; null: nothing is left. */
export async function restoringLeftBehind(deps: ActionDeps): Promise<Restoring | null> {
  const raw = deps.readForest();
  if (raw === null) return null;
  const left = leftBehind(await loweredBuilds.load(deps), deps.ports.files);
  // A unit that was limited for a build stays so when the build has ended: then nothing is to last any more.
  const over = (row: LoweredBuild) => !row.lasting || !isThere(row, raw);
  const targets = left.filter((row) => over(row) && isInEffect(row, raw)).map(({ target }) => target);
  return targets.length === 0 ? null : { type: 'restore', targets };
}

/** What is to be put back though whoever did it goes on: a unit that was limited for a build that has ended. */
export async function restoringEnded(deps: ActionDeps): Promise<Restoring | null> {
  const raw = deps.readForest();
  if (raw === null) return null;
  const own = ownOf(await loweredBuilds.load(deps), deps.ports);
  const targets = own.filter((row) => row.units.length > 0 && !isThere(row, raw)).map(({ target }) => target);
  return targets.length === 0 ? null : { type: 'restore', targets };
}
