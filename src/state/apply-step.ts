/** From a step of the command table to the next state: one entry per step, no step anywhere else. */
import { type Effect, isEffect, type Step } from '../commands/step.ts';
import { isQuestion } from '../model/ui/modes.ts';
import { fold, toggleTag, unfold, untagAll } from './build-list.ts';
import { openDiagnosis } from './diagnosis.ts';
import { turnProfile } from './generation-list.ts';
import { moveSideways, openLog, readLogFile } from './log-page.ts';
import { acceptMode, dismissFailed, leaveMode, openDetails, openMode, popMode, pushMode } from './modes.ts';
import { acceptChoice, ask, closeQuestion, giveUp, openMenu } from './questions.ts';
import { edge, move, page } from './scrolling.ts';
import { selectCursor, selectTouched } from './selection.ts';
import { topMode } from './selectors.ts';
import { settle } from './settle.ts';
import { invert, sortStep } from './sorting.ts';
import type { State } from './state.ts';
import { moveCursor, turnRange, withCharts } from './track.ts';
import { eraseText, nextMatch, typeText } from './typing.ts';
import { withUi } from './ui.ts';
import { showView, toggleFreeze, turnView } from './view.ts';

/** A notice lasts until the next step; one that came while a question stood there is still to be seen. */
export function applyStep(state: State, step: Step): State {
  const keep = state.ui.notice === null || isQuestion(topMode(state));
  const quiet = keep ? state : withUi(state, { notice: null });
  return settle(isEffect(step) ? answered(quiet, step) : transition(quiet, step), state);
}

/** Effects are carried out elsewhere; here they only close what they answer. */
function answered(state: State, step: Effect): State {
  // The newest in the charts is then what was looked for.
  if (step.type === 'go-back') return withCharts(state, { cursorMs: null });
  if (step.type === 'replay') {
    const next = step.order.kind === 'time' ? withCharts(state, { cursorMs: null }) : state;
    return topMode(next).kind === 'jump' ? popMode(next) : next;
  }
  if (step.type !== 'perform' && step.type !== 'quit' && step.type !== 'interrupt') return state;
  const intent = step.type === 'perform' ? step.intent : undefined;
  return closeQuestion(intent === undefined ? state : selectTouched(state, intent));
}

function transition(state: State, step: Exclude<Step, Effect>): State {
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
    case 'why':
    case 'remedies':
      return openDiagnosis(selectCursor(state), step.type);
    case 'log':
      return openLog(selectCursor(state), step.of);
    case 'sideways':
      return moveSideways(state, step.by);
    case 'read-log-file':
      return readLogFile(state);
    case 'open':
      return openMode(state, step.mode);
    case 'accept':
      return topMode(state).kind === 'choose' ? acceptChoice(state) : acceptMode(state);
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
    case 'dismiss':
      return dismissFailed(state);
    case 'freeze':
      return toggleFreeze(state);
    case 'view':
      return showView(state, step.view);
    case 'turn-view':
      return turnView(state, step.by);
    case 'cursor':
      return moveCursor(state, step.by);
    case 'range':
      return turnRange(state, step.by);
    case 'turn-profile':
      return turnProfile(state, step.by);
    case 'ask':
      return ask(selectTouched(state, step.intent), step.intent, step.word, step.openedBy ?? '');
    case 'choose':
      return openMenu(state, step.title, step.choices, step.openedBy ?? '');
    case 'ask-quit':
      return pushMode(state, { kind: 'quit', openedBy: step.openedBy ?? '' });
    case 'give-up':
      return giveUp(state, step.text);
    case 'notify':
      return withUi(state, { notice: { text: step.text, level: 'warning' } });
  }
}
