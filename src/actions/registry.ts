/** Which action carries out which Intent. Everything is loaded with it: the kill path waits for no module. */
import type { Intent, IntentType } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import type { Action, ActionContext } from './action.ts';
import { cancel } from './cancel.ts';
import { collectGarbage } from './collect-garbage.ts';
import { kill } from './kill.ts';
import { pause } from './pause.ts';
import { repair } from './repair.ts';
import { restartDaemon } from './restart-daemon.ts';
import { resume } from './resume.ts';
import { signalProcess } from './signal-process.ts';
import { verify } from './verify.ts';

export type Actions = { readonly [T in IntentType]: Action<T> };

/** Those that need nothing but their context. */
const ready = {
  kill,
  signal: signalProcess,
  pause,
  resume,
  cancel,
  'restart-daemon': restartDaemon,
  verify,
  repair,
  'collect-garbage': collectGarbage,
} satisfies Partial<Actions>;

/** `others`: what the composition root makes of readers, `createRollback(readers)`. */
export function createPerformIntent(
  others: Omit<Actions, keyof typeof ready>,
): (intent: Intent, context: ActionContext) => Promise<Outcome> {
  const actions: Actions = { ...ready, ...others };
  return (intent, context) => (actions[intent.type] as Action<IntentType>)(intent, context);
}
