/** The tables of keys (docs/keys.md), commands and options (docs/commands.md), from the tables that the program itself uses. */
import {
  commandWord,
  defaultFlags,
  exitCodes,
  type FlagRow,
  flagTable,
  shownCommands,
} from '../../src/cli/table.ts';
import { type Command, groups } from '../../src/commands/command.ts';
import { keyLabel } from '../../src/commands/key-label.ts';
import { commands } from '../../src/commands/table.ts';

/** By the name in `<!-- name: generated -->`; each block ends with `<!-- end -->`. */
export const blocks: Readonly<Record<string, () => string>> = {
  keys: keysTable,
  commands: commandsTable,
  options: optionsTable,
};

/** The text with every block written anew. */
export function withBlocks(text: string): string {
  return text.replace(
    /(<!-- ([a-z]+): generated -->\n)[\s\S]*?(<!-- end -->)/g,
    (_, begin: string, name: string, end: string) => {
      const block = blocks[name];
      if (block === undefined) throw new Error(`no block named ${name}`);
      return `${begin}\n${block()}\n\n${end}`;
    },
  );
}

function keysTable(): string {
  return table(
    ['Keys', 'What they do'],
    groups.flatMap((group) => [
      [`**${group}**`, ''],
      ...commands
        .filter((command) => command.group === group)
        .map((command) => [keysOf(command), command.title]),
    ]),
  );
}

function keysOf({ keys }: Command): string {
  return keys.map((key) => code(keyLabel(key))).join(' ');
}

function commandsTable(): string {
  const rows = shownCommands.map(({ word, help }) => [
    code(word === null ? 'nixpulse' : `nixpulse ${word}`),
    help,
  ]);
  const codes = exitCodes.map((row) => `${row.code} ${row.help}`).join('; ');
  return `${table(['Command', 'What it does'], rows)}\n\nExit codes: ${codes}.`;
}

function optionsTable(): string {
  return table(
    ['Option', 'What it does', 'Default'],
    flagTable.map((row) => [
      code(row.argument ? `${row.name} ${row.argument.name}` : row.name),
      `${row.help}${wordsOf(row)}`,
      row.argument && typeof defaultFlags[row.id] !== 'object' ? code(String(defaultFlags[row.id])) : '',
    ]),
  );
}

function wordsOf({ argument, commands: only }: FlagRow): string {
  const choices = argument?.kind === 'choice' ? ` One of ${argument.choices.map(code).join(', ')}.` : '';
  return `${choices}${only ? ` Only with ${only.map((id) => code(commandWord(id))).join(', ')}.` : ''}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** GitHub parts cells before it looks at code. */
function code(text: string): string {
  return `\`${text.replaceAll('|', '\\|')}\``;
}
