/** Keys of what is being typed or chosen. */
import { keyModeIds, textModes } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';

/** In a recording that was opened from the live dashboard, once there is nothing left to drop. */
function returns({ mode, view, replay, filter, search, charts }: Situation): boolean {
  const nothing = filter === '' && search === '' && !(view === 'history' && charts.cursor);
  return mode === 'normal' && replay?.canReturn === true && nothing;
}

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
    modes: keyModeIds,
    hazard: 'none',
    step: (s) => (returns(s) ? { type: 'return' } : { type: 'leave' }),
  },
  {
    id: 'erase',
    keys: ['backspace', 'delete'],
    title: 'Erase a character',
    group: 'While typing',
    modes: textModes,
    hazard: 'none',
    step: () => ({ type: 'erase', what: 'character' }),
  },
  {
    id: 'erase-word',
    keys: ['ctrl-w'],
    title: 'Erase a word',
    group: 'While typing',
    modes: textModes,
    hazard: 'none',
    step: () => ({ type: 'erase', what: 'word' }),
  },
  {
    id: 'erase-all',
    keys: ['ctrl-u'],
    title: 'Erase everything typed',
    group: 'While typing',
    modes: textModes,
    hazard: 'none',
    step: () => ({ type: 'erase', what: 'all' }),
  },
];
