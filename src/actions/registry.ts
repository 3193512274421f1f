/** Which action carries out which Intent. Everything is loaded with it: the kill path waits for no module. */
import type { Intent, IntentType } from '../model/intents/intent.ts';
import type { Outcome } from '../model/intents/outcome.ts';
import { generationReaders } from '../nix-store/generations.ts';
import type { Action, ActionContext } from './action.ts';
import { cancel } from './cancel.ts';
import { collectGarbage } from './collect-garbage.ts';
import { kill } from './kill.ts';
import { pause } from './pause.ts';
import { repair } from './repair.ts';
import { restartDaemon } from './restart-daemon.ts';
import { resume } from './resume.ts';
import { createRollback } from './rollback.ts';
import { signalProcess } from './signal-process.ts';
import { verify } from './verify.ts';

type Actions = { readonly [T in IntentType]: Action<T> };

const actions: Actions = {
  kill,
  signal: signalProcess,
  pause,
  resume,
  cancel,
  'restart-daemon': restartDaemon,
  rollback: createRollback(generationReaders()),
  verify,
  repair,
  'collect-garbage': collectGarbage,
};

export function performIntent(intent: Intent, context: ActionContext): Promise<Outcome> {
  return (actions[intent.type] as Action<IntentType>)(intent, context);
}
