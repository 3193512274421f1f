/** Keys that choose what the screen shows. */
import type { Command } from './command.ts';
import type { CommandView } from './step.ts';

/** Number, view, title. */
const views: readonly (readonly [key: string, view: CommandView, title: string])[] = [
  ['1', 'overview', 'Overview'],
  ['2', 'builds', 'Builds (tree)'],
  ['3', 'disks', 'Disks'],
  ['4', 'history', 'History: charts of the last minutes, the hour, the day'],
  ['5', 'generations', 'Generations and store'],
  ['7', 'journal', 'Journal: every alert and action'],
];

export const viewCommands: readonly Command[] = [
  ...views.map(
    ([key, view, title]): Command => ({
      id: view,
      keys: [key],
      title,
      group: 'Views',
      modes: ['normal', 'details', 'help'],
      hazard: 'none',
      step: () => ({ type: 'view', view }),
    }),
  ),
  {
    id: 'next-view',
    keys: ['tab'],
    title: 'Next view',
    group: 'Views',
    modes: ['normal', 'details', 'help'],
    hazard: 'none',
    footer: 'View',
    step: () => ({ type: 'turn-view', by: 1 }),
  },
  {
    id: 'previous-view',
    keys: ['shift-tab'],
    title: 'Previous view',
    group: 'Views',
    modes: ['normal', 'details', 'help'],
    hazard: 'none',
    step: () => ({ type: 'turn-view', by: -1 }),
  },
  {
    id: 'freeze',
    keys: ['z'],
    title: 'Freeze or thaw the screen (sampling goes on)',
    group: 'Views',
    modes: ['normal', 'details'],
    hazard: 'none',
    footer: 'Freeze',
    blocked: ({ replay }) => (replay === null ? undefined : 'Space pauses a recording'),
    step: () => ({ type: 'freeze' }),
  },
];
