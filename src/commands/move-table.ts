/** Keys that move through lists and pages. */

import type { KeyMode } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';

const lists: readonly KeyMode[] = ['normal', 'search', 'filter', 'sort', 'details', 'help', 'choose'];
const pages: readonly KeyMode[] = ['normal', 'filter', 'details', 'help'];

const empty = (s: Situation) => (s.mode === 'normal' && s.rows === 0 ? 'the list is empty' : undefined);

const noLine = (s: Situation) =>
  s.mode === 'normal' && s.view === 'history' && s.charts.whole ? 'all charts are on the screen' : empty(s);

export const moveCommands: readonly Command[] = [
  {
    id: 'up',
    keys: ['up'],
    title: 'Up',
    group: 'Move',
    modes: lists,
    hazard: 'none',
    blocked: noLine,
    step: () => ({ type: 'move', by: -1 }),
  },
  {
    id: 'down',
    keys: ['down'],
    title: 'Down',
    group: 'Move',
    modes: lists,
    hazard: 'none',
    blocked: noLine,
    step: () => ({ type: 'move', by: 1 }),
  },
  {
    id: 'page-up',
    keys: ['pageup'],
    title: 'One page up',
    group: 'Move',
    modes: pages,
    hazard: 'none',
    blocked: empty,
    step: () => ({ type: 'page', by: -1 }),
  },
  {
    id: 'page-down',
    keys: ['pagedown'],
    title: 'One page down',
    group: 'Move',
    modes: pages,
    hazard: 'none',
    blocked: empty,
    step: () => ({ type: 'page', by: 1 }),
  },
  {
    id: 'first',
    keys: ['home'],
    title: 'To the first row',
    group: 'Move',
    modes: pages,
    hazard: 'none',
    blocked: empty,
    step: () => ({ type: 'edge', to: 'first' }),
  },
  {
    id: 'last',
    keys: ['end'],
    title: 'To the last row',
    group: 'Move',
    modes: pages,
    hazard: 'none',
    blocked: empty,
    step: () => ({ type: 'edge', to: 'last' }),
  },
];
