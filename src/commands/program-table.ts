/** Keys of the program itself: help, the terminal, the way out. */
import { keyModeIds, modesWithoutQuestions } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';
import type { Step } from './step.ts';

/** Asks where it would leave something behind. */
function quit({ act }: Situation): Step {
  return act.pausedByUs + act.running.length > 0 ? { type: 'ask-quit' } : { type: 'quit' };
}

export const programCommands: readonly Command[] = [
  {
    id: 'help',
    keys: ['?', 'f1', 'h'],
    title: 'Help',
    group: 'Program',
    modes: ['normal', 'details', 'sort'],
    hazard: 'none',
    footer: 'Help',
    step: () => ({ type: 'open', mode: 'help' }),
  },
  {
    id: 'help-filter',
    keys: ['/', '\\'],
    title: 'Filter the help',
    group: 'Program',
    modes: ['help'],
    hazard: 'none',
    footer: 'Filter',
    step: () => ({ type: 'open', mode: 'help-filter' }),
  },
  {
    id: 'back',
    keys: ['q'],
    title: 'Leave help, details or a menu',
    group: 'Program',
    modes: ['details', 'help', 'sort', 'choose'],
    hazard: 'none',
    step: () => ({ type: 'leave' }),
  },
  {
    id: 'close-help',
    keys: ['?', 'f1', 'h'],
    title: 'Close the help',
    group: 'Program',
    modes: ['help'],
    hazard: 'none',
    step: () => ({ type: 'leave' }),
  },
  {
    id: 'redraw',
    keys: ['ctrl-l'],
    title: 'Draw the screen anew',
    group: 'Program',
    modes: keyModeIds,
    hazard: 'none',
    step: () => ({ type: 'redraw' }),
  },
  {
    id: 'suspend',
    keys: ['ctrl-z'],
    title: 'Give the terminal back to the shell (fg returns)',
    group: 'Program',
    modes: keyModeIds,
    hazard: 'none',
    step: () => ({ type: 'suspend' }),
  },
  {
    id: 'quit',
    keys: ['q'],
    title: 'Quit; from a look back in time: to the live dashboard',
    group: 'Program',
    modes: ['normal'],
    hazard: 'none',
    footer: 'Quit',
    step: (s) => (s.replay?.canReturn === true ? { type: 'return' } : quit(s)),
  },
  {
    id: 'quit-anywhere',
    keys: ['f10', 'ctrl-c'],
    title: 'Quit from everywhere',
    group: 'Program',
    modes: [...modesWithoutQuestions, 'confirm', 'confirm-typed', 'offer'],
    hazard: 'none',
    step: quit,
  },
];
