/** Keys that choose what the screen shows. */
import { viewIds, views } from '../model/ui/views.ts';
import type { Command } from './command.ts';

export const viewCommands: readonly Command[] = [
  ...viewIds.map(
    (view): Command => ({
      id: view,
      keys: [views[view].key],
      title: views[view].help,
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
