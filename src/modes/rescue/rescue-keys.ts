/** From keys to what the rescue screen does: rows of the one command table, and numbers that pick. */
import type { Command, Situation } from '../../commands/command.ts';
import { dispatch } from '../../commands/dispatch.ts';
import { type Effect, isEffect, type Step } from '../../commands/step.ts';
import { commands } from '../../commands/table.ts';
import type { Intent } from '../../model/intents/intent.ts';
import { whyTooLate } from '../../model/intents/intent-standing.ts';
import type { Key } from '../../parse/keys.ts';
import { listed, movePick, pick, pickedBuild, type RescueState, withNotice } from './rescue-state.ts';

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
};

const notPicked = 'pick a build first (1-9, 0)';

export const rescueCommands: readonly Command[] = commands
  .filter(({ id }) => id in taken)
  .map((command) => {
    const title = taken[command.id] ?? command.title;
    if (command.id !== 'kill') return { ...command, title };
    const blocked = (situation: Situation) =>
      situation.rows > 0 && situation.act.targets.length === 0 ? notPicked : command.blocked?.(situation);
    return { ...command, title, blocked };
  });

/** Keys that came in one read, each on the state that the one before it left. */
export function pressKeys(
  before: RescueState,
  keys: readonly Key[],
): { readonly state: RescueState; readonly effects: readonly RescueEffect[] } {
  let state = before;
  const effects: RescueEffect[] = [];
  for (const key of keys) {
    if (state.question === null && 'name' in key && /^[0-9]$/.test(key.name)) {
      state = pick(state, listed(state)[key.name === '0' ? 9 : Number(key.name) - 1]);
      continue;
    }
    const step = dispatch(key, situationOf(state, keys.length === 1), rescueCommands);
    if (step === null) continue;
    const effect = isEffect(step) ? effectOf(step, state) : null;
    if (effect !== null) effects.push(effect);
    state = applyStep(state, step);
  }
  return { state, effects };
}

/** There are none here. */
const noCharts = { cursor: false, at: 0, shortest: true, longest: true, whole: true };

function situationOf(state: RescueState, alone: boolean): Situation {
  const { model, actor, question, readOnly } = state;
  const target = pickedBuild(state);
  return {
    mode: question?.kind ?? 'normal',
    view: 'overview',
    rows: model.builds.length,
    selected: target === null ? null : 'build',
    tagged: 0,
    frozen: false,
    search: '',
    filter: '',
    readOnly,
    alone,
    charts: noCharts,
    replay: null,
    noRecording: 'not in rescue',
    act: {
      actor,
      model,
      targets: target === null ? [] : [target],
      chosen: target !== null,
      process: null,
      running: state.actions.map(({ intent }) => intent.type),
      pausedByUs: 0,
      generations: null,
      damaged: [],
      question:
        question?.kind === 'confirm' ? { tooLate: whyTooLate(question.intent, model), exact: true } : null,
    },
  };
}

function effectOf(step: Effect, { question, model }: RescueState): RescueEffect | null {
  switch (step.type) {
    case 'quit':
    case 'suspend':
    case 'redraw':
    case 'cancel-running':
      return step;
    case 'perform': {
      if (question?.kind !== 'confirm' || whyTooLate(question.intent, model) !== null) return null;
      return { type: 'perform', intent: question.intent };
    }
    default:
      return null;
  }
}

function applyStep(before: RescueState, step: Step): RescueState {
  const state = before.question === null ? { ...before, notice: null, explained: false } : before;
  switch (step.type) {
    case 'move':
      return movePick(state, step.by);
    case 'ask': {
      const { intent, openedBy = '' } = step;
      return { ...state, question: { kind: 'confirm', intent, openedBy, word: null, typed: '' } };
    }
    case 'ask-quit':
      return { ...state, question: { kind: 'quit', openedBy: step.openedBy ?? '' } };
    case 'leave':
      return state.question === null ? { ...state, picked: null } : { ...state, question: null };
    case 'open':
      return { ...state, explained: !before.explained };
    case 'give-up':
      return withNotice({ ...state, question: null }, `${step.text}: nothing was done`, 'warning');
    case 'notify':
      return withNotice(state, step.text, 'warning');
    case 'perform':
    case 'quit':
      return { ...state, question: null };
    default:
      return state;
  }
}
