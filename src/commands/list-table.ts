/** Keys of the build list: what it shows of a build, and which builds in which order. */
import type { Command, Situation } from './command.ts';
import { noBuildIn } from './targets.ts';

/** The cursor stands at the top from the start; it is nowhere only where no row has room. */
const unselected = (s: Situation) =>
  s.rows === 0 ? 'there is no build' : s.selected === null ? 'select a build first' : undefined;
const noBuild = (s: Situation) => unselected(s) ?? noBuildIn(s);
/** Of what failed in the overview nothing is shown; in a tree one goes to what is above. */
const noFold = (s: Situation) => (s.selected === 'failed' && !s.tree ? noBuildIn(s) : unselected(s));
const nothingBelow = (s: Situation) => {
  if (s.open !== null || s.selected === 'process') return unselected(s);
  return unselected(s) ?? (s.selected === 'failed' ? noBuildIn(s) : 'nothing is below it');
};
const ownOrder = ({ tree }: Situation) =>
  tree ? 'a tree has its own order: failed, running, waiting, planned' : undefined;
const noRows = (s: Situation) => (s.rows === 0 ? 'there is no build' : undefined);
const noSearch = (s: Situation) => (s.search === '' ? 'search first (/)' : undefined);

const shared = { group: 'Builds', modes: ['normal'], views: ['overview', 'builds'], hazard: 'none' } as const;

export const listCommands: readonly Command[] = [
  {
    ...shared,
    id: 'details',
    keys: ['enter'],
    title: 'Details of the selected build',
    footer: 'Details',
    // What failed has details of its own.
    blocked: (s) => (s.selected === 'failed' ? unselected(s) : noBuild(s)),
    step: () => ({ type: 'details' }),
  },
  {
    ...shared,
    id: 'unfold',
    keys: ['+', 'right'],
    title: 'Show what is below: processes of a build, derivations',
    footer: 'Unfold',
    blocked: nothingBelow,
    step: () => ({ type: 'unfold' }),
  },
  {
    ...shared,
    id: 'fold',
    keys: ['-', 'left'],
    title: 'Hide what is below; where nothing is, go to what is above',
    blocked: noFold,
    step: () => ({ type: 'fold' }),
  },
  {
    ...shared,
    id: 'search',
    keys: ['/'],
    title: 'Search by name, user, pid, what it does, or its hash',
    footer: 'Search',
    blocked: noRows,
    step: () => ({ type: 'open', mode: 'search' }),
  },
  {
    ...shared,
    id: 'next-match',
    keys: ['n'],
    title: 'Next match of the search',
    blocked: noSearch,
    step: () => ({ type: 'match', by: 1 }),
  },
  {
    ...shared,
    id: 'previous-match',
    keys: ['N'],
    title: 'Previous match of the search',
    blocked: noSearch,
    step: () => ({ type: 'match', by: -1 }),
  },
  {
    ...shared,
    id: 'filter',
    keys: ['\\'],
    title: 'Filter: show only what a search for the text would find',
    footer: 'Filter',
    step: () => ({ type: 'open', mode: 'filter' }),
  },
  {
    ...shared,
    id: 'sort',
    keys: ['f6'],
    title: 'Choose the column to sort by',
    footer: 'Sort',
    blocked: ownOrder,
    step: () => ({ type: 'open', mode: 'sort' }),
  },
  {
    ...shared,
    id: 'sort-left',
    keys: ['<'],
    title: 'Sort by the previous column',
    when: 'live',
    blocked: ownOrder,
    step: () => ({ type: 'sort', by: -1 }),
  },
  {
    ...shared,
    id: 'sort-right',
    keys: ['>'],
    title: 'Sort by the next column',
    when: 'live',
    blocked: ownOrder,
    step: () => ({ type: 'sort', by: 1 }),
  },
  {
    ...shared,
    id: 'invert',
    keys: ['I'],
    title: 'Invert the order',
    modes: ['normal', 'sort'],
    footer: 'Invert',
    footerViews: [],
    footerModes: ['sort'],
    blocked: ownOrder,
    step: () => ({ type: 'invert' }),
  },
  {
    id: 'sort-previous',
    keys: ['left', '<'],
    title: 'Previous entry of a menu',
    group: 'Builds',
    modes: ['sort', 'choose'],
    hazard: 'none',
    step: () => ({ type: 'move', by: -1 }),
  },
  {
    id: 'sort-next',
    keys: ['right', '>'],
    title: 'Next entry of a menu',
    group: 'Builds',
    modes: ['sort', 'choose'],
    hazard: 'none',
    footer: 'Next',
    step: () => ({ type: 'move', by: 1 }),
  },
  {
    ...shared,
    id: 'tag',
    keys: ['space'],
    title: 'Tag or untag the selected build',
    when: 'live',
    footer: 'Tag',
    blocked: noBuild,
    step: () => ({ type: 'tag' }),
  },
  {
    ...shared,
    id: 'dismiss',
    keys: ['d', 'delete'],
    title: 'Take the selected failure out of view',
    footer: 'Dismiss',
    modes: ['normal', 'details'],
    views: ['overview'],
    blocked: (s) => (s.selected === 'failed' ? undefined : 'select what has failed'),
    step: () => ({ type: 'dismiss' }),
  },
  {
    ...shared,
    id: 'untag',
    keys: ['u'],
    title: 'Untag all builds',
    blocked: (s) => (s.tagged === 0 ? 'nothing is tagged' : undefined),
    step: () => ({ type: 'untag' }),
  },
];
