/** From a step of the command table to the next state: one entry per step, no step anywhere else. */
import { isEffect, type Step } from '../commands/step.ts';
import { fold, unfold } from './folding.ts';
import { toggleFreeze } from './freeze.ts';
import { acceptMode, leaveMode, openDetails, openMode } from './modes.ts';
import { edge, move, page } from './scrolling.ts';
import { settle } from './settle.ts';
import { invert, sortStep } from './sorting.ts';
import type { State } from './state.ts';
import { toggleTag, untagAll } from './tagging.ts';
import { eraseText, nextMatch, typeText } from './typing.ts';
import { withUi } from './ui.ts';
import { showView, turnView } from './view.ts';

/** A notice lasts until the next step. Effects change nothing here. */
export function applyStep(state: State, step: Step): State {
  const quiet = state.ui.notice === null ? state : withUi(state, { notice: null });
  return settle(isEffect(step) ? quiet : transition(quiet, step), state);
}

function transition(state: State, step: Exclude<Step, { type: 'quit' | 'suspend' | 'redraw' }>): State {
  switch (step.type) {
    case 'move':
      return move(state, step.by);
    case 'page':
      return page(state, step.by);
    case 'edge':
      return edge(state, step.to);
    case 'fold':
      return fold(state);
    case 'unfold':
      return unfold(state);
    case 'details':
      return openDetails(state);
    case 'open':
      return openMode(state, step.mode);
    case 'accept':
      return acceptMode(state);
    case 'leave':
      return leaveMode(state);
    case 'type':
      return typeText(state, step.text);
    case 'erase':
      return eraseText(state, step.what);
    case 'match':
      return nextMatch(state, step.by);
    case 'sort':
      return sortStep(state, step.by);
    case 'invert':
      return invert(state);
    case 'tag':
      return toggleTag(state);
    case 'untag':
      return untagAll(state);
    case 'freeze':
      return toggleFreeze(state);
    case 'view':
      return showView(state, step.view);
    case 'turn-view':
      return turnView(state, step.by);
    case 'notify':
      return withUi(state, { notice: { text: step.text, level: 'warning' } });
  }
}
