/** One function in place of every action. */
import type { Action, Actions } from '../../src/actions/action.ts';
import { actions } from '../../src/actions/registry.ts';
import type { IntentType } from '../../src/model/intents/intent.ts';

export function allActions(act: Action<IntentType>): Actions {
  return Object.fromEntries(Object.keys(actions).map((type) => [type, act])) as unknown as Actions;
}
