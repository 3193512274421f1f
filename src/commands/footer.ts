/** The footer: which commands it offers, the most important first. */
import { type KeyMode, keyModes } from '../model/ui/modes.ts';
import { blockedReason, type Command, type Situation } from './command.ts';
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
  /** A command is watched: quitting ends it first. */
  readonly command?: boolean;
  readonly frozen?: boolean;
  /** In the log that is open something is searched. */
  readonly searching?: boolean;
  /** Ids of what is not offered now (`blockedHints`). */
  readonly blocked?: readonly string[];
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
  'accept-sort',
  'accept-choice',
  'jump-to',
  'play',
  'jump',
  'next-event',
  'sort-next',
  'invert',
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
  'repair',
  'quit',
  'look-for-garbage',
  'collect-garbage',
  'next-profile',
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
  'peer',
  'log',
  'lower',
  'kill-heaviest',
  'cancel-everything',
  'go-back',
  'search',
  'filter',
  'sort',
  'tag',
  'unfold',
  'freeze',
  'next-view',
];

/** A menu is walked through before one asks for help. */
const menuOrder: readonly string[] = ['accept-sort', 'sort-next', 'invert'];

/** What can be done to the build that is shown, before what is known of it. */
const detailsOrder: readonly string[] = (() => {
  const rest = footerOrder.filter((id) => id !== 'why');
  return rest.toSpliced(rest.indexOf('log') + 1, 0, 'why');
})();

/** Of a recording: the way back to what is live, and what the charts are there for, before its long list. */
function orderIn(mode: KeyMode, view: Situation['view'], replay: FooterFacts['replay']): readonly string[] {
  if (mode === 'sort') return [...menuOrder, ...footerOrder.filter((id) => !menuOrder.includes(id))];
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

/** What matters more than how to get out: two entries that are of the page. */
const entriesBeforeEscape = 2;
const ofEveryPage: readonly string[] = [
  'kill-heaviest',
  'cancel-everything',
  'go-back',
  'freeze',
  'next-view',
];

/** What stands beside it does not move when it changes. */
function footerTitle({ id, footer = '' }: Command, { replay, command, frozen }: FooterFacts): string {
  if (id === 'quit' && replay?.canReturn === true) return 'Live';
  if (id === 'yes-quit' && command === true) return 'End it';
  if (id === 'freeze' && frozen === true) return 'Thaw';
  if (id !== 'play') return footer;
  return replay?.playing === true ? 'Pause' : `${footer} `;
}

/** Of a question that can no longer be answered nothing is left but to close it; a search is dropped before its log. */
function escapeTitle(mode: KeyMode, { blocked = [], searching = false }: FooterFacts): string {
  if (mode === 'confirm' && blocked.includes('yes')) return 'Close';
  return mode === 'log' && searching ? 'Drop search' : keyModes[mode].escape;
}

/** The footer of this mode and view has a place for it. */
function hasPlace(command: Command, mode: KeyMode, view: Situation['view']): boolean {
  const { footer, modes, views, footerViews = views, footerModes = [] } = command;
  if (footer === undefined || !modes.includes(mode)) return false;
  return footerModes.includes(mode) || footerViews === undefined || footerViews.includes(view);
}

const conditional = commands.filter(({ footerWhile }) => footerWhile !== undefined);

/** Whether the footer depends on more than its mode and view. */
export function hasHints(mode: KeyMode, view: Situation['view']): boolean {
  return conditional.some((command) => hasPlace(command, mode, view));
}

function isHidden(command: Command, situation: Situation): boolean {
  const { footerWhile } = command;
  if (typeof footerWhile === 'function') return !footerWhile(situation);
  return blockedReason(command, situation) !== undefined;
}

/** Ids of what the footer does not offer now. */
export function blockedHints(situation: Situation): readonly string[] {
  return conditional
    .filter((command) => hasPlace(command, situation.mode, situation.view) && isHidden(command, situation))
    .map(({ id }) => id);
}

/** Footer of a mode. Text modes and menus end with Esc, because there it undoes. */
export function footerEntries(
  mode: KeyMode,
  view: Situation['view'],
  facts: FooterFacts = {},
): readonly FooterEntry[] {
  const { readOnly = false, failed = false, replay = null, blocked = [] } = facts;
  const now = replay === null ? 'live' : 'replay';
  const order = orderIn(mode, view, replay);
  const rank = (command: Command) => order.indexOf(command.id);
  const entries = commands
    .filter((command) => hasPlace(command, mode, view))
    .filter(({ id, when = now }) => when === now && !blocked.includes(id))
    .filter(({ id }) => id !== 'freeze' || replay === null)
    .filter(({ id }) => id !== 'return' && (failed ? !ofRunning.includes(id) : id !== 'dismiss'))
    .filter(({ hazard }) => (!readOnly && replay === null) || hazard === 'none')
    .toSorted((a, b) => rank(a) - rank(b));
  const shown = entries.map((command) => {
    return { key: keyLabel(command.keys[0] ?? ''), title: footerTitle(command, facts) };
  });
  if (mode === 'normal') return shown;
  // The way out is not what is dropped first.
  const own = entries.slice(0, entriesBeforeEscape).filter(({ id }) => !ofEveryPage.includes(id));
  return shown.toSpliced(own.length, 0, { key: 'Esc', title: escapeTitle(mode, facts) });
}
