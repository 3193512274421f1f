/** The shape of a command: one row says its keys, its title, where it works and why it does not now. */
import type { CommandView, Step } from './step.ts';

/** What receives keys. `help-filter` is the help while its filter is being typed. */
export type KeyMode = 'normal' | 'search' | 'filter' | 'sort' | 'details' | 'help' | 'help-filter';

/** Modes in which printable keys are text. */
export const textModes: readonly KeyMode[] = ['search', 'filter', 'help-filter'];

/** What a command may look at to know whether it works now. */
export interface Situation {
  readonly mode: KeyMode;
  readonly view: CommandView;
  /** Rows of the list that the view shows. */
  readonly rows: number;
  readonly selected: 'build' | 'process' | null;
  readonly tagged: number;
  readonly frozen: boolean;
  readonly search: string;
  readonly filter: string;
  readonly readOnly: boolean;
}

export type CommandGroup = 'Move' | 'Builds' | 'Views' | 'While typing' | 'Program';

/** `confirm`: changes the machine, so it opens a question and never acts by itself. */
export type Hazard = 'none' | 'confirm';

export interface Command {
  readonly id: string;
  /** Names as `parse/keys.ts` gives them. */
  readonly keys: readonly string[];
  readonly title: string;
  readonly group: CommandGroup;
  readonly modes: readonly KeyMode[];
  /** Where it works; absent = in every view. */
  readonly views?: readonly CommandView[];
  readonly hazard: Hazard;
  /** One or two words where the footer offers it. */
  readonly footer?: string;
  /** Why it does not work now. */
  readonly blocked?: (situation: Situation) => string | undefined;
  readonly step: (situation: Situation) => Step;
}

const viewTitles: Readonly<Record<CommandView, string>> = {
  overview: 'Overview',
  builds: 'Builds',
  disks: 'Disks',
};

/** Why a command does not work now, in words; undefined where it does. */
export function blockedReason(command: Command, situation: Situation): string | undefined {
  if (command.hazard !== 'none' && situation.readOnly) return 'started with --read-only';
  if (command.views !== undefined && !command.views.includes(situation.view)) {
    return `not in the view ${viewTitles[situation.view]}`;
  }
  return command.blocked?.(situation);
}
