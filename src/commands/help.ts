/** The command table for people: help lines, footer entries, names of keys. */
import { type HardeningPart, hardeningTitles } from '../model/health/hardening.ts';
import { markLetters } from '../model/past/replay.ts';
import { type KeyMode, keyModes } from '../model/ui/modes.ts';
import { blockedReason, type Command, type CommandGroup, groups, type Situation } from './command.ts';
import { commands } from './table.ts';

export type HelpLine =
  | { readonly kind: 'group'; readonly text: string }
  | {
      readonly kind: 'command';
      readonly keys: string;
      readonly title: string;
      /** Why it does not work now. */
      readonly blocked: string | null;
    }
  /** What is to be known besides keys. */
  | { readonly kind: 'fact'; readonly name: string; readonly text: string; readonly good: boolean };

const labels: Readonly<Record<string, string>> = {
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  space: 'Space',
  tab: 'Tab',
  'shift-tab': 'Shift-Tab',
  backspace: 'Backspace',
  delete: 'Del',
};

/** As it is printed on the keyboard: `PgUp`, `F6`, `Ctrl-C`, `k`. */
export function keyLabel(key: string): string {
  const label = labels[key];
  if (label !== undefined) return label;
  if (key.startsWith('ctrl-')) return `Ctrl-${key.slice(5).toUpperCase()}`;
  return /^f\d+$/.test(key) ? key.toUpperCase() : key;
}

/** In a recording its own keys come first, and last what it bars. */
function groupsFor({ replay }: Situation): readonly CommandGroup[] {
  if (replay === null) return groups;
  return ['Replay', ...groups.filter((group) => group !== 'Replay' && group !== 'Act'), 'Act'];
}

/** Help as it is drawn, by group; `situation` is the one below the help. */
export function helpLines(situation: Situation, filter: string): readonly HelpLine[] {
  const lines: HelpLine[] = [];
  for (const group of groupsFor(situation)) {
    const rows = commands.filter(
      (command) => command.group === group && exists(command, situation) && matches(command, filter),
    );
    const legend = group === 'Replay' ? markLines(filter) : [];
    if (rows.length + legend.length === 0) continue;
    lines.push({ kind: 'group', text: group });
    for (const command of rows) {
      lines.push({
        kind: 'command',
        keys: command.keys.map(keyLabel).join(' '),
        title: command.title,
        blocked: command.modes.includes(situation.mode) ? (blockedReason(command, situation) ?? null) : null,
      });
    }
    lines.push(...legend);
  }
  return lines;
}

/** Live keys do something else in a recording, where the help has them with that. */
function exists({ when }: Command, { replay }: Situation): boolean {
  return when !== 'live' || replay === null;
}

/** On one line of a narrow terminal. */
const marksOfLine = 4;

/** What the letters above the strip say. */
function markLines(filter: string): readonly HelpLine[] {
  const marks = Object.values(markLetters).map(({ letter, title }) => `${letter} ${title}`);
  const lines = [marks.slice(0, marksOfLine), marks.slice(marksOfLine)].map(
    (part, index): HelpLine => ({
      kind: 'fact',
      name: index === 0 ? 'Marks' : '',
      text: part.join(', '),
      good: true,
    }),
  );
  return `marks ${marks.join(' ')} replay`.toLowerCase().includes(filter.toLowerCase()) ? lines : [];
}

/** What was done to stay alive in a freeze, and why not all of it. */
export function hardeningLines(parts: readonly HardeningPart[] | null, filter: string): readonly HelpLine[] {
  const lines = (parts ?? []).map(
    ({ id, status, reason }): HelpLine => ({
      kind: 'fact',
      name: hardeningTitles[id],
      text: status === 'done' ? reason : `${status}: ${reason}`,
      good: status === 'done',
    }),
  );
  const text = `${hardeningTitle} ${lines.map((line) => (line.kind === 'fact' ? `${line.name} ${line.text}` : '')).join(' ')}`;
  const shown = lines.length > 0 && text.toLowerCase().includes(filter.toLowerCase());
  return shown ? [{ kind: 'group', text: hardeningTitle }, ...lines] : [];
}

const hardeningTitle = 'Hardened against a freeze';

function matches(command: Command, filter: string): boolean {
  if (filter === '') return true;
  const text = `${command.keys.map(keyLabel).join(' ')} ${command.title} ${command.group}`;
  return text.toLowerCase().includes(filter.toLowerCase());
}

export interface FooterEntry {
  readonly key: string;
  readonly title: string;
}

export interface FooterFacts {
  readonly readOnly?: boolean;
  /** Null: live. */
  readonly replay?: { readonly canReturn: boolean; readonly playing?: boolean } | null;
}

/** The order in which the footer offers commands; what does not fit is dropped from the right. */
const footerOrder = [
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

/** Of a recording: the way back to what is live, and what the charts are there for, before its long list. */
function orderIn(view: Situation['view'], replay: FooterFacts['replay']): readonly string[] {
  if (replay == null) return footerOrder;
  const first = [
    ...(replay.canReturn ? ['quit'] : []),
    ...(view === 'history' ? ['replay-at', 'longer-range', 'shorter-range', 'earlier'] : []),
  ];
  const rest = footerOrder.filter((id) => !first.includes(id));
  return rest.toSpliced(rest.indexOf('jump'), 0, ...first);
}

/** Entries that matter more than how to get out. */
const waysBefore = 2;

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
  { readOnly = false, replay = null }: FooterFacts = {},
): readonly FooterEntry[] {
  const now = replay === null ? 'live' : 'replay';
  const order = orderIn(view, replay);
  const rank = (command: Command) => order.indexOf(command.id);
  const entries = commands
    .filter((command) => command.footer !== undefined && command.modes.includes(mode))
    .filter(({ views, footerViews = views }) => footerViews === undefined || footerViews.includes(view))
    .filter(({ when = now }) => when === now)
    .filter(({ id }) => id !== 'return')
    .filter(({ hazard }) => (!readOnly && replay === null) || hazard === 'none')
    .toSorted((a, b) => rank(a) - rank(b))
    .map((command) => ({ key: keyLabel(command.keys[0] ?? ''), title: footerTitle(command, replay) }));
  if (mode === 'normal') return entries;
  // The way out is not what is dropped first.
  return entries.toSpliced(waysBefore, 0, { key: 'Esc', title: keyModes[mode].escape });
}
