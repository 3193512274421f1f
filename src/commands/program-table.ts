/** Keys of the program itself: help, the terminal, the way out. */
import { keyModeIds, modesWithoutQuestions } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';
import type { Step } from './step.ts';

/** Asks where it would leave something behind, or end what is watched. */
function quit({ act, command }: Situation): Step {
  const left = act.pausedByUs + act.loweredByUs + act.running.length;
  return command || left > 0 ? { type: 'ask-quit' } : { type: 'quit' };
}

const shared = { group: 'Program', hazard: 'none' } as const;

export const programCommands: readonly Command[] = [
  {
    ...shared,
    id: 'help',
    keys: ['?', 'f1', 'h'],
    title: 'Help',
    modes: ['normal', 'details', 'log', 'sort', 'why', 'remedies', 'guard', 'peer'],
    footer: 'Help',
    step: () => ({ type: 'open', mode: 'help' }),
  },
  {
    ...shared,
    id: 'help-filter',
    keys: ['/', '\\'],
    title: 'Filter the help',
    modes: ['help'],
    footer: 'Filter',
    step: () => ({ type: 'open', mode: 'help-filter' }),
  },
  {
    ...shared,
    id: 'back',
    keys: ['q'],
    title: 'Leave help, details, a log or a menu',
    modes: ['details', 'log', 'why', 'remedies', 'guard', 'peer', 'help', 'sort', 'choose'],
    step: () => ({ type: 'leave' }),
  },
  {
    ...shared,
    id: 'close-help',
    keys: ['?', 'f1', 'h'],
    title: 'Close the help',
    modes: ['help'],
    step: () => ({ type: 'leave' }),
  },
  {
    ...shared,
    id: 'redraw',
    keys: ['ctrl-l'],
    title: 'Draw the screen anew',
    modes: keyModeIds,
    step: () => ({ type: 'redraw' }),
  },
  {
    ...shared,
    id: 'suspend',
    keys: ['ctrl-z'],
    title: 'Give the terminal back to the shell (fg returns)',
    modes: keyModeIds,
    step: () => ({ type: 'suspend' }),
  },
  {
    ...shared,
    id: 'quit',
    keys: ['q'],
    title: 'Quit; from a look back in time: to the live dashboard',
    modes: ['normal'],
    footer: 'Quit',
    step: (s) => (s.replay?.canReturn === true ? { type: 'return' } : quit(s)),
  },
  {
    ...shared,
    id: 'quit-anywhere',
    keys: ['f10'],
    title: 'Quit from everywhere',
    modes: [...modesWithoutQuestions, 'confirm', 'confirm-typed', 'offer'],
    step: quit,
  },
  {
    ...shared,
    id: 'interrupt',
    keys: ['ctrl-c'],
    title: 'Quit from everywhere; the command of watch: interrupt it',
    modes: keyModeIds,
    step: (s) => (s.command ? { type: 'interrupt' } : s.mode === 'quit' ? { type: 'leave' } : quit(s)),
  },
];
