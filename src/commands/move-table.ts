/** Keys that move through lists and pages. */
import type { KeyMode } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';

const pages: readonly KeyMode[] = [
  'normal',
  'filter',
  'details',
  'log',
  'help',
  'why',
  'remedies',
  'guard',
  'peer',
];
const lists: readonly KeyMode[] = [...pages, 'search', 'sort', 'choose'];

const empty = (s: Situation) => (s.mode === 'normal' && s.rows === 0 ? 'the list is empty' : undefined);

const noLine = (s: Situation) =>
  s.mode === 'normal' && s.view === 'history' && s.charts.whole ? 'all charts are on the screen' : empty(s);

const shared = { group: 'Move', hazard: 'none' } as const;

export const moveCommands: readonly Command[] = [
  {
    ...shared,
    id: 'up',
    keys: ['up'],
    title: 'Up',
    modes: lists,
    blocked: noLine,
    step: () => ({ type: 'move', by: -1 }),
  },
  {
    ...shared,
    id: 'down',
    keys: ['down'],
    title: 'Down',
    modes: lists,
    blocked: noLine,
    step: () => ({ type: 'move', by: 1 }),
  },
  {
    ...shared,
    id: 'page-up',
    keys: ['pageup'],
    title: 'One page up',
    modes: pages,
    blocked: empty,
    step: () => ({ type: 'page', by: -1 }),
  },
  {
    ...shared,
    id: 'page-down',
    keys: ['pagedown'],
    title: 'One page down',
    modes: pages,
    blocked: empty,
    step: () => ({ type: 'page', by: 1 }),
  },
  {
    ...shared,
    id: 'first',
    keys: ['home'],
    title: 'To the first row',
    modes: pages,
    blocked: empty,
    step: () => ({ type: 'edge', to: 'first' }),
  },
  {
    ...shared,
    id: 'last',
    keys: ['end'],
    title: 'To the last row',
    modes: pages,
    blocked: empty,
    step: () => ({ type: 'edge', to: 'last' }),
  },
];
