/** What stands behind each flag and command, for the completions of all shells alike. */
import {
  type Argument,
  type CommandRow,
  type FlagRow,
  flagTable,
  groups,
  type Operand,
  shownCommands,
} from '../../src/cli/table.ts';
import { thresholds } from '../../src/diagnose/thresholds.ts';
import { limitNames } from '../../src/guard/limits.ts';
import { probeIds } from '../../src/model/diagnosis/probe.ts';
import type { TargetKind } from '../../src/model/intents/target-kind.ts';

export type Offer =
  | { readonly kind: 'files' | 'directories' | 'hosts' | 'nothing' }
  /** `list`: several, with commas between them. `behind`: what follows each, `=`. */
  | {
      readonly kind: 'words';
      readonly words: readonly string[];
      readonly list: boolean;
      readonly behind: '' | '=';
    }
  /** `nixpulse complete KIND` says which there are now. */
  | { readonly kind: 'targets'; readonly target: TargetKind };

export function argumentOffer(argument: Argument): Offer {
  const words = (all: readonly string[], list: boolean, behind: '' | '='): Offer => {
    return { kind: 'words', words: all, list, behind };
  };
  switch (argument.kind) {
    case 'file':
    case 'metrics-file':
      return { kind: 'files' };
    case 'directory':
      return { kind: 'directories' };
    case 'generation':
      return { kind: 'targets', target: 'generations' };
    case 'choice':
      return words(argument.choices, false, '');
    case 'probes':
      return words(probeIds, true, '');
    case 'threshold':
      return words(Object.keys(thresholds), false, '=');
    case 'limits':
      return words(limitNames, true, '=');
    case 'seconds':
    case 'time':
    case 'length':
    case 'bytes':
    case 'number':
    case 'listen':
    case 'url':
    case 'text':
    case 'names':
      return { kind: 'nothing' };
  }
}

export function operandOffer(operand: Operand | undefined): Offer {
  const offers = operand?.offers ?? null;
  if (offers === null) return { kind: 'nothing' };
  if (typeof offers !== 'string') return { kind: 'words', words: offers, list: false, behind: '' };
  return offers === 'files' || offers === 'hosts' ? { kind: offers } : { kind: 'targets', target: offers };
}

export interface TypedWord {
  readonly word: string;
  readonly help: string;
  /** What is meant where nothing follows it. */
  readonly row: CommandRow;
  /** Words of a group, `row` the first of them. */
  readonly below: readonly { readonly word: string; readonly row: CommandRow }[];
}

/** The first words, in the order of `--help`. */
export const typedWords: readonly TypedWord[] = [
  ...Map.groupBy(
    shownCommands.filter(({ word }) => word !== null),
    ({ word }) => word?.split(' ', 1)[0] ?? '',
  ),
].flatMap(([word, rows]) => {
  const [row] = rows;
  if (row === undefined) return [];
  const below = rows.flatMap((one) => {
    const second = one.word?.split(' ')[1];
    return second === undefined ? [] : [{ word: second, row: one }];
  });
  return [{ word, help: groups[word] ?? row.help, row, below }];
});

/** As the scripts name what is typed so far: `kill`, `check-rebuild`; of the first of a group also `check`, of none ''. */
export function keysOf({ word }: CommandRow): readonly string[] {
  if (word === null) return [''];
  const group = typedWords.find(({ below }) => below[0]?.row.word === word);
  const own = word.replace(' ', '-');
  return group === undefined ? [own] : [group.word, own];
}

/** Of flags that always take a word: the one behind is no command. */
export const flagsWithWord: readonly string[] = [
  ...new Set(
    flagTable.filter(({ argument }) => argument && !('optional' in argument)).map(({ name }) => name),
  ),
];

/** Whom a flag belongs to, as `keysOf`; null: all. */
export function ownersOf({ commands }: FlagRow): readonly string[] | null {
  if (commands === undefined) return null;
  return shownCommands.filter(({ id }) => commands.includes(id)).flatMap(keysOf);
}

export const madeBy = 'Made by `npm run build` from the table of commands (src/cli/table.ts).';
