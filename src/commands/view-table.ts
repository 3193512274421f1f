/** Keys that choose what the screen shows. */
import { viewIds, views } from '../model/ui/views.ts';
import type { Command } from './command.ts';

const shared = {
  group: 'Views',
  modes: ['normal', 'details', 'log', 'why', 'remedies', 'guard', 'peer', 'help'],
  hazard: 'none',
} as const;

export const viewCommands: readonly Command[] = [
  ...viewIds.map(
    (view): Command => ({
      ...shared,
      id: view,
      keys: [views[view].key],
      title: views[view].help,
      step: () => ({ type: 'view', view }),
    }),
  ),
  {
    ...shared,
    id: 'next-view',
    keys: ['tab'],
    title: 'Next view',
    footer: 'View',
    step: () => ({ type: 'turn-view', by: 1 }),
  },
  {
    ...shared,
    id: 'previous-view',
    keys: ['shift-tab'],
    title: 'Previous view',
    step: () => ({ type: 'turn-view', by: -1 }),
  },
  {
    ...shared,
    id: 'freeze',
    keys: ['z'],
    title: 'Freeze or thaw the screen (sampling goes on)',
    modes: ['normal', 'details', 'log', 'why', 'remedies', 'guard', 'peer'],
    footer: 'Freeze',
    blocked: ({ replay }) => (replay === null ? undefined : 'Space pauses a recording'),
    step: () => ({ type: 'freeze' }),
  },
];
