/** Keys of caches and builders: what is known of one of them. */
import type { Command } from './command.ts';

export const peerCommands: readonly Command[] = [
  {
    id: 'peer',
    keys: ['enter'],
    title: 'Details of a cache, a builder or a check',
    group: 'Views',
    modes: ['normal'],
    views: ['caches'],
    hazard: 'none',
    footer: 'Details',
    blocked: ({ rows }) => (rows === 0 ? 'nothing is known yet' : undefined),
    step: () => ({ type: 'open', mode: 'peer' }),
  },
];
