/** Which action carries out which Intent. Everything is loaded with it: the kill path waits for no module. */
import type { Intent, IntentType } from '../model/intent.ts';
import type { Outcome } from '../model/outcome.ts';
import type { Action, ActionContext } from './action.ts';
import { cancel } from './cancel.ts';
import { kill } from './kill.ts';
import { pause } from './pause.ts';
import { restartDaemon } from './restart-daemon.ts';
import { resume } from './resume.ts';
import { signalProcess } from './signal-process.ts';

export type Actions = { readonly [T in IntentType]: Action<T> };

/** Those that need nothing but their context. */
export const processActions = {
  kill,
  signal: signalProcess,
  pause,
  resume,
  cancel,
  'restart-daemon': restartDaemon,
} satisfies Partial<Actions>;

/** `others`: what is made of readers in the composition root (`createRollback`). */
export function createPerformIntent(
  others: Omit<Actions, keyof typeof processActions>,
): (intent: Intent, context: ActionContext) => Promise<Outcome> {
  const actions: Actions = { ...processActions, ...others };
  return (intent, context) => (actions[intent.type] as Action<IntentType>)(intent, context);
}
