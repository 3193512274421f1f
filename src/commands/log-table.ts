/** Keys of the log of a build or a rebuild. */
import type { Command, Situation } from './command.ts';

const shared = { group: 'Log', modes: ['log'], hazard: 'none' } as const;

const noSearch = ({ log }: Situation) => (log.search === '' ? 'search first (/)' : undefined);

/** What has not begun has none, and a line that is no build has that of its rebuild. */
function noLog({ log, mode, rows, selected }: Situation): string | undefined {
  if (mode === 'details') return log.of === null ? 'it has ended' : undefined;
  if (rows === 0) return 'there is no build';
  if (selected === 'planned' || selected === 'waiting') return 'it has not begun: there is no log of it';
  if (selected === 'blocked') return 'it was not built: something that it needs has failed';
  return log.of === null ? 'select a build first' : undefined;
}

export const logCommands: readonly Command[] = [
  {
    ...shared,
    id: 'log',
    keys: ['l'],
    title: 'Log of the selected build or rebuild, as it comes',
    modes: ['normal', 'details'],
    views: ['overview', 'builds'],
    footer: 'Log',
    blocked: noLog,
    step({ log }) {
      return log.of === null ? { type: 'notify', text: 'select a build first' } : { type: 'log', of: log.of };
    },
  },
  {
    ...shared,
    id: 'log-search',
    keys: ['/'],
    title: 'Search in the log',
    footer: 'Search',
    step: () => ({ type: 'open', mode: 'log-search' }),
  },
  {
    ...shared,
    id: 'log-next',
    keys: ['n'],
    title: 'Next line that matches',
    footer: 'Next match',
    footerWhile: 'works',
    blocked: noSearch,
    step: () => ({ type: 'match', by: 1 }),
  },
  {
    ...shared,
    id: 'log-previous',
    keys: ['N'],
    title: 'Previous line that matches',
    blocked: noSearch,
    step: () => ({ type: 'match', by: -1 }),
  },
  {
    ...shared,
    id: 'log-right',
    keys: ['right'],
    title: 'Further to the right, where lines are longer than the screen',
    step: () => ({ type: 'sideways', by: 1 }),
  },
  {
    ...shared,
    id: 'log-left',
    keys: ['left'],
    title: 'Back to the left',
    step: () => ({ type: 'sideways', by: -1 }),
  },
  {
    ...shared,
    id: 'log-file',
    keys: ['l'],
    title: 'Read the whole log from the file that Nix keeps of it',
    footer: 'Whole log',
    footerWhile: 'works',
    blocked: ({ log }) => log.noFile ?? undefined,
    step: () => ({ type: 'read-log-file' }),
  },
];
