/** The footer: which commands it offers, the most important first. */
import { type KeyMode, keyModes } from '../model/ui/modes.ts';
import type { Command, Situation } from './command.ts';
import { keyLabel } from './key-label.ts';
import { commands } from './table.ts';

export interface FooterEntry {
  readonly key: string;
  readonly title: string;
}

export interface FooterFacts {
  readonly readOnly?: boolean;
  /** The cursor stands on what failed: nothing of it runs. */
  readonly failed?: boolean;
  /** Null: live. */
  readonly replay?: { readonly canReturn: boolean; readonly playing?: boolean } | null;
}

/** The order in which the footer offers commands; what does not fit is dropped from the right. */
export const footerOrder = [
  'yes',
  'yes-typed',
  'yes-resume',
  'yes-quit',
  'yes-quit-paused',
  'help',
  'accept',
  'jump-to',
  'play',
  'jump',
  'next-event',
  'sort-next',
  'help-filter',
  'log-search',
  'log-file',
  'log-next',
  'dismiss',
  'probe',
  'probe-here',
  'hold-guard',
  'why',
  'remedies',
  'collect',
  'kill',
  'rollback',
  'verify',
  'quit',
  'return',
  'earlier',
  'longer-range',
  'shorter-range',
  'replay-at',
  'next-sample',
  'faster',
  'slower',
  'previous-sample',
  'previous-event',
  'pause',
  'cancel',
  'details',
  'log',
  'lower',
  'kill-heaviest',
  'cancel-everything',
  'go-back',
  'next-profile',
  'repair',
  'look-for-garbage',
  'collect-garbage',
  'search',
  'filter',
  'sort',
  'tag',
  'unfold',
  'freeze',
  'next-view',
];

/** What can be done to the build that is shown, before what is known of it. */
const detailsOrder: readonly string[] = (() => {
  const rest = footerOrder.filter((id) => id !== 'why');
  return rest.toSpliced(rest.indexOf('log') + 1, 0, 'why');
})();

/** Of a recording: the way back to what is live, and what the charts are there for, before its long list. */
function orderIn(mode: KeyMode, view: Situation['view'], replay: FooterFacts['replay']): readonly string[] {
  if (replay == null) return mode === 'details' ? detailsOrder : footerOrder;
  const first = [
    ...(replay.canReturn ? ['quit'] : []),
    ...(view === 'history' ? ['replay-at', 'longer-range', 'shorter-range', 'earlier'] : []),
  ];
  const rest = footerOrder.filter((id) => !first.includes(id));
  return rest.toSpliced(rest.indexOf('jump'), 0, ...first);
}

/** Of the commands for a selected build those that need one that runs. */
const ofRunning: readonly string[] = ['kill', 'pause', 'lower', 'cancel', 'tag', 'unfold'];

/** What matters more than how to get out. */
const entriesBeforeEscape = 2;

/** What stands beside it does not move when it changes. */
function footerTitle({ id, footer = '' }: Command, replay: FooterFacts['replay']): string {
  if (id === 'quit' && replay?.canReturn === true) return 'Live';
  if (id !== 'play') return footer;
  return replay?.playing === true ? 'Pause' : `${footer} `;
}

/** Footer of a mode. Text modes and menus end with Esc, because there it undoes. */
export function footerEntries(
  mode: KeyMode,
  view: Situation['view'],
  { readOnly = false, failed = false, replay = null }: FooterFacts = {},
): readonly FooterEntry[] {
  const now = replay === null ? 'live' : 'replay';
  const order = orderIn(mode, view, replay);
  const rank = (command: Command) => order.indexOf(command.id);
  const entries = commands
    .filter((command) => command.footer !== undefined && command.modes.includes(mode))
    .filter(({ views, footerViews = views, footerModes = [] }) => {
      return footerModes.includes(mode) || footerViews === undefined || footerViews.includes(view);
    })
    .filter(({ when = now }) => when === now)
    .filter(({ id }) => id !== 'return' && (failed ? !ofRunning.includes(id) : id !== 'dismiss'))
    .filter(({ hazard }) => (!readOnly && replay === null) || hazard === 'none')
    .toSorted((a, b) => rank(a) - rank(b))
    .map((command) => ({ key: keyLabel(command.keys[0] ?? ''), title: footerTitle(command, replay) }));
  if (mode === 'normal') return entries;
  // The way out is not what is dropped first.
  return entries.toSpliced(entriesBeforeEscape, 0, { key: 'Esc', title: keyModes[mode].escape });
}
