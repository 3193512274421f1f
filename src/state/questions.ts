/** Menus and questions on the stack of modes, and what they answer. */
import { isSame } from '../base/same.ts';
import type { Intent } from '../model/intents/intent.ts';
import { whyTooLate } from '../model/intents/intent-standing.ts';
import {
  type LoweredMark,
  loweredMarkOf,
  withLoweredMarks,
  withoutLoweredMarks,
} from '../model/intents/lowered-mark.ts';
import { type PausedMark, withFreshMarks } from '../model/intents/paused-mark.ts';
import { type Choice, isQuestion } from '../model/ui/modes.ts';
import { popMode, pushMode, setTop } from './modes.ts';
import { topMode } from './selectors.ts';
import { settle } from './settle.ts';
import type { State } from './state.ts';
import { withUi } from './ui.ts';

export function ask(state: State, intent: Intent, word: string | null, openedBy: string): State {
  return pushMode(state, { kind: 'confirm', intent, openedBy, word, typed: '' });
}

export function openMenu(state: State, title: string, choices: readonly Choice[], openedBy: string): State {
  return pushMode(state, { kind: 'choose', title, choices, cursor: 0, openedBy });
}

/** The chosen entry's question takes the menu's place. */
export function acceptChoice(state: State): State {
  const top = topMode(state);
  if (top.kind !== 'choose') return state;
  const choice = top.choices[top.cursor];
  if (choice === undefined) return popMode(state);
  const { intent, word } = choice;
  return setTop(state, { kind: 'confirm', intent, word, openedBy: 'enter', typed: '' });
}

/** What y carries out now; null where there is no question, or it can no longer be confirmed. */
export function intentOfQuestion(state: State): Intent | null {
  const top = topMode(state);
  if (top.kind === 'offer') {
    return { type: 'resume', targets: top.marks.map(({ target }) => target) };
  }
  if (top.kind !== 'confirm') return null;
  if (top.word !== null && top.typed !== top.word) return null;
  return whyTooLate(top.intent, state.model) === null ? top.intent : null;
}

/** A question that was answered, or that nobody can answer any more; a menu from which was chosen. */
export function closeQuestion(state: State): State {
  const top = topMode(state);
  return isQuestion(top) || top.kind === 'choose' ? popMode(state) : state;
}

export function giveUp(state: State, text: string): State {
  return withUi(closeQuestion(state), { notice: { text: `${text}: nothing was done`, level: 'warning' } });
}

/** As the registry has them. */
export function applyPaused(state: State, paused: readonly PausedMark[]): State {
  const same =
    paused.length === state.paused.length &&
    paused.every((mark, index) => {
      const old = state.paused[index];
      return (
        old?.pausedAtMs === mark.pausedAtMs &&
        old.ours === mark.ours &&
        old.target.root.pid === mark.target.root.pid &&
        old.target.root.startTime === mark.target.root.startTime
      );
    });
  return same ? state : settle({ ...state, paused, model: withFreshMarks(state.model, paused) }, state);
}

/** As the registry has them. What was put back is so at once; where the machine says otherwise the next look has it. */
export function applyLowered(state: State, lowered: readonly LoweredMark[]): State {
  if (isSame(lowered, state.lowered)) return state;
  const gone = state.lowered.filter(({ target }) => loweredMarkOf(target.root, lowered) === null);
  const model = withLoweredMarks(withoutLoweredMarks(state.model, gone), lowered);
  return settle({ ...state, lowered, model }, state);
}

export function offer(state: State, marks: readonly PausedMark[]): State {
  return marks.length === 0 ? state : settle(pushMode(state, { kind: 'offer', marks }), state);
}
