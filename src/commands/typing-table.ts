/** Keys of what is being typed or chosen. */
import { keyModeIds, textModes } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';

/** In a recording that was opened from the live dashboard, once there is nothing left to drop. */
function returns({ mode, view, replay, filter, search, charts }: Situation): boolean {
  const nothing = filter === '' && search === '' && !(view === 'history' && charts.cursor);
  return mode === 'normal' && replay?.canReturn === true && nothing;
}

const shared = { group: 'While typing', hazard: 'none' } as const;

export const typingCommands: readonly Command[] = [
  {
    ...shared,
    id: 'accept',
    keys: ['enter'],
    title: 'Keep what was typed or chosen',
    modes: ['search', 'filter', 'sort', 'help-filter', 'log-search', 'choose'],
    footer: 'Keep',
    step: ({ choice }) =>
      choice?.asks === false ? { type: 'perform', intent: choice.intent } : { type: 'accept' },
  },
  {
    ...shared,
    id: 'leave',
    keys: ['escape'],
    title: 'Leave and undo; in a list: drop filter, search, then selection',
    modes: keyModeIds,
    step: (s) => (returns(s) ? { type: 'return' } : { type: 'leave' }),
  },
  {
    ...shared,
    id: 'erase',
    keys: ['backspace', 'delete'],
    title: 'Erase a character',
    modes: textModes,
    step: () => ({ type: 'erase', what: 'character' }),
  },
  {
    ...shared,
    id: 'erase-word',
    keys: ['ctrl-w'],
    title: 'Erase a word',
    modes: textModes,
    step: () => ({ type: 'erase', what: 'word' }),
  },
  {
    ...shared,
    id: 'erase-all',
    keys: ['ctrl-u'],
    title: 'Erase everything typed',
    modes: textModes,
    step: () => ({ type: 'erase', what: 'all' }),
  },
];
