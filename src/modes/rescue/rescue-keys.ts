/** From keys to what the rescue screen does: rows of the one command table, and numbers that pick. */
import type { Command, Situation } from '../../commands/command.ts';
import { dispatch } from '../../commands/dispatch.ts';
import { type Effect, isEffect } from '../../commands/step.ts';
import { commands } from '../../commands/table.ts';
import type { Intent } from '../../model/intents/intent.ts';
import type { Key } from '../../parse/keys.ts';
import { applyStep } from '../../state/apply-step.ts';
import { intentOfQuestion } from '../../state/questions.ts';
import { topMode } from '../../state/selectors.ts';
import { situationOf } from '../../state/situation.ts';
import type { State } from '../../state/state.ts';
import { withUi } from '../../state/ui.ts';
import { listed, movePick, pick, pickOnly } from './rescue-state.ts';

/** What the root carries out. */
export type RescueEffect =
  | Extract<Effect, { readonly type: 'quit' | 'suspend' | 'redraw' | 'cancel-running' }>
  | { readonly type: 'perform'; readonly intent: Intent };

/** The commands of the dashboard that the one screen has, with the same conditions and the same intents. */
const taken: Readonly<Record<string, string | null>> = {
  up: null,
  down: null,
  kill: 'Kill',
  'kill-heaviest': 'Kill the heaviest',
  'cancel-everything': 'Cancel everything',
  'cancel-running': null,
  yes: null,
  'yes-quit': null,
  leave: null,
  help: 'What was done to stay alive',
  redraw: null,
  suspend: null,
  quit: null,
  'quit-anywhere': null,
  interrupt: null,
};

const notPicked = 'pick a build first (1-9, 0)';

export const rescueCommands: readonly Command[] = commands
  .filter(({ id }) => id in taken)
  .map((command) => {
    const title = taken[command.id] ?? command.title;
    if (command.id !== 'kill') return { ...command, title };
    const blocked = (situation: Situation) =>
      situation.rows > 0 && !situation.act.chosen ? notPicked : command.blocked?.(situation);
    return { ...command, title, blocked };
  });

/** Keys that came in one read, each on the state that the one before it left. */
export function pressKeys(
  before: State,
  keys: readonly Key[],
): { readonly state: State; readonly effects: readonly RescueEffect[] } {
  let state = before;
  const effects: RescueEffect[] = [];
  for (const key of keys) {
    const name = 'name' in key ? key.name : '';
    // What was done to stay alive is shown until the next key.
    if (topMode(state).kind === 'help') {
      state = applyStep(state, { type: 'leave' });
      if (name === '?') continue;
    }
    if (topMode(state).kind === 'normal' && /^[0-9]$/.test(name)) {
      const build = listed(state)[name === '0' ? 9 : Number(name) - 1];
      if (build !== undefined) state = pick(withUi(state, { notice: null }), build);
      continue;
    }
    const step = dispatch(key, situationOf(state, undefined, keys.length === 1), rescueCommands);
    if (step === null) continue;
    const effect = isEffect(step) ? effectOf(step, state) : null;
    if (effect !== null) effects.push(effect);
    const next =
      step.type === 'move' ? movePick(withUi(state, { notice: null }), step.by) : applyStep(state, step);
    state = pickOnly(next);
  }
  return { state, effects };
}

/** Before the step closes the question that it answers. */
function effectOf(step: Effect, state: State): RescueEffect | null {
  switch (step.type) {
    case 'quit':
    case 'suspend':
    case 'redraw':
    case 'cancel-running':
      return step;
    case 'perform': {
      const intent = intentOfQuestion(state);
      return intent === null ? null : { type: 'perform', intent };
    }
    default:
      return null;
  }
}
