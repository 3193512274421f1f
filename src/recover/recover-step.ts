/** Carries out the step that an Intent names, so that a step is an action like another: journal, progress, cancelling. */
import type { Action, ActionContext } from '../actions/action.ts';
import { refused } from '../actions/wording.ts';
import { procedureOf } from './procedures.ts';
import type { RecoverContext } from './step.ts';

export function createRecoverStep(rest: Omit<RecoverContext, keyof ActionContext>): Action<'recover'> {
  return async ({ procedure, step }, context) => {
    if (!context.ports.files.live) return refused('this is another root directory: nothing is changed in it');
    const found = procedureOf(procedure)?.steps.find(({ id }) => id === step);
    if (found?.act === undefined) return refused(`${procedure} has no step '${step}' that does anything`);
    return found.act({ ...context, ...rest });
  };
}
