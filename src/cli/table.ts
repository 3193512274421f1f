/**
 * The one table of commands and flags: parser, `--help`, defaults, and later the man page and the
 * completions are drawn from it.
 */

export type CommandId = 'dashboard' | 'snapshot' | 'status';

export interface CommandRow {
  readonly id: CommandId;
  /** As typed; the dashboard has no word. */
  readonly word: string | null;
  readonly help: string;
}

/** What a flag's argument may be, and what an unusable one is told to be. */
export type Argument =
  | { readonly kind: 'seconds'; readonly name: string; readonly min: number; readonly max: number }
  | { readonly kind: 'directory'; readonly name: string }
  | { readonly kind: 'choice'; readonly name: string; readonly choices: readonly string[] };

export interface FlagRow {
  readonly id: keyof Flags;
  /** As typed: `--interval`. */
  readonly name: `--${string}`;
  /** Absent: a switch. */
  readonly argument?: Argument;
  readonly help: string;
  /** Absent: all of them, before or after the command. */
  readonly commands?: readonly CommandId[];
}

export type ColorChoice = 'auto' | 'always' | 'never';
export type SourceChoice = 'auto' | 'proc' | 'portable';

/** What was asked for, checked; flags that were not given have their default. */
export interface Flags {
  readonly interval: number;
  readonly root: string;
  readonly source: SourceChoice;
  readonly color: ColorChoice;
  readonly ascii: boolean;
  readonly readOnly: boolean;
  readonly json: boolean;
  readonly tmux: boolean;
}
export interface Invocation extends Flags {
  readonly command: CommandId;
}

export const defaultFlags: Flags = {
  interval: 1,
  root: '/',
  source: 'auto',
  color: 'auto',
  ascii: false,
  readOnly: false,
  json: false,
  tmux: false,
};

export const summary = 'htop for a Nix rebuild: what is short, which derivation takes it, and since when.';

export const commandTable: readonly CommandRow[] = [
  { id: 'dashboard', word: null, help: 'The live dashboard.' },
  { id: 'snapshot', word: 'snapshot', help: 'Look for one interval, print what is there, and exit.' },
  { id: 'status', word: 'status', help: 'Print one line for a status bar or a prompt, and exit.' },
];

export const flagTable: readonly FlagRow[] = [
  {
    id: 'interval',
    name: '--interval',
    argument: { kind: 'seconds', name: 'SECONDS', min: 0.1, max: 3600 },
    help: 'Time between two looks at builds, memory and disks; pressure is read twice as often.',
  },
  {
    id: 'root',
    name: '--root',
    argument: { kind: 'directory', name: 'DIR' },
    help: 'Read proc, sys and nix below DIR: a captured tree, another root file system.',
  },
  {
    id: 'source',
    name: '--source',
    argument: { kind: 'choice', name: 'SOURCE', choices: ['auto', 'proc', 'portable'] },
    help: 'Where figures come from: /proc, or what every system can tell.',
  },
  {
    id: 'color',
    name: '--color',
    argument: { kind: 'choice', name: 'WHEN', choices: ['auto', 'always', 'never'] },
    help: 'Colours: auto means on a terminal, unless NO_COLOR is set.',
  },
  { id: 'ascii', name: '--ascii', help: 'Draw with ASCII characters only.' },
  { id: 'readOnly', name: '--read-only', help: 'Only look: no key and no command changes anything.' },
  { id: 'json', name: '--json', help: 'One JSON document; null means unknown.', commands: ['snapshot'] },
  { id: 'tmux', name: '--tmux', help: 'With the colours of a tmux status line.', commands: ['status'] },
];

export const exitCodes = [
  { code: 0, help: 'done' },
  { code: 1, help: 'it failed' },
  { code: 2, help: 'bad usage or bad input, named on stderr' },
  { code: 130, help: 'Ctrl-C' },
] as const;
