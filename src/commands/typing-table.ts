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
    title: 'Keep what was typed',
    modes: ['search', 'filter', 'help-filter', 'log-search'],
    footer: 'Keep',
    step: () => ({ type: 'accept' }),
  },
  {
    ...shared,
    id: 'accept-sort',
    keys: ['enter'],
    title: 'Sort by the column chosen in the menu',
    modes: ['sort'],
    footer: 'Sort',
    step: () => ({ type: 'accept' }),
  },
  {
    ...shared,
    id: 'accept-choice',
    keys: ['enter'],
    title: 'Do the entry chosen in a menu; most ask first',
    modes: ['choose'],
    footer: 'Choose',
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
