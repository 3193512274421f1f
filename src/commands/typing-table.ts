/** Keys of what is being typed or chosen. */
import type { Command } from './command.ts';
import { everywhere } from './key-modes.ts';

export const typingCommands: readonly Command[] = [
  {
    id: 'accept',
    keys: ['enter'],
    title: 'Keep what was typed or chosen',
    group: 'While typing',
    modes: ['search', 'filter', 'sort', 'help-filter', 'choose'],
    hazard: 'none',
    footer: 'Keep',
    step: () => ({ type: 'accept' }),
  },
  {
    id: 'leave',
    keys: ['escape'],
    title: 'Leave and undo; in a list: drop filter, search, then selection',
    group: 'While typing',
    modes: everywhere,
    hazard: 'none',
    step: () => ({ type: 'leave' }),
  },
  {
    id: 'erase',
    keys: ['backspace', 'delete'],
    title: 'Erase a character',
    group: 'While typing',
    modes: ['search', 'filter', 'help-filter', 'confirm-typed'],
    hazard: 'none',
    step: () => ({ type: 'erase', what: 'character' }),
  },
  {
    id: 'erase-word',
    keys: ['ctrl-w'],
    title: 'Erase a word',
    group: 'While typing',
    modes: ['search', 'filter', 'help-filter', 'confirm-typed'],
    hazard: 'none',
    step: () => ({ type: 'erase', what: 'word' }),
  },
  {
    id: 'erase-all',
    keys: ['ctrl-u'],
    title: 'Erase everything typed',
    group: 'While typing',
    modes: ['search', 'filter', 'help-filter', 'confirm-typed'],
    hazard: 'none',
    step: () => ({ type: 'erase', what: 'all' }),
  },
];
