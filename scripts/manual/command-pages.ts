/** `nixpulse.1` and a page for each of its commands, from the table of commands and flags. */
import {
  type CommandRow,
  defaultFlags,
  exitCodes,
  type FlagRow,
  flagsOf,
  flagTable,
  shownCommands,
  summary,
} from '../../src/cli/table.ts';
import { groups as keyGroups } from '../../src/commands/command.ts';
import { keyLabel } from '../../src/commands/key-label.ts';
import { commands as keys } from '../../src/commands/table.ts';
import { limitTable } from '../../src/guard/limits.ts';
import { guardRuleTable } from '../../src/guard/settings.ts';
import { probeTable } from '../../src/model/diagnosis/probe-table.ts';
import { type TypedWord, typedWords } from '../completions/offers.ts';
import { environmentRows, examplesOf, fileRows } from './beside-the-tables.ts';
import {
  bold,
  entry,
  example,
  flagTerm,
  manualPage,
  paragraph,
  paragraphs,
  section,
  subsection,
  usage,
} from './roff.ts';

export interface Edition {
  readonly version: string;
  /** `2026-11-30`. */
  readonly date: string;
}

/** By file name. */
export function commandPages(edition: Edition): ReadonlyMap<string, string> {
  return new Map([
    ['nixpulse.1', programPage(edition)],
    ...typedWords.map((typed): [string, string] => [`nixpulse-${typed.word}.1`, commandPage(typed, edition)]),
  ]);
}

const everyones = flagTable.filter(({ commands }) => commands === undefined);
const dashboard = shownCommands.find(({ word }) => word === null);

function programPage(edition: Edition): string {
  return manualPage({ ...edition, name: 'nixpulse', section: 1, summary: asClause(summary) }, [
    section('SYNOPSIS', [usage('nixpulse [COMMAND] [OPTIONS]')]),
    section('DESCRIPTION', [
      ...paragraphs(
        'One look tells what the machine is short of (memory, disk, CPU), which derivation takes it, and since when. Without a command it is the live dashboard; `?` shows its keys.',
        'Each command has a page of its own, like `nixpulse-watch`(1).',
      ),
      ...examplesLines(dashboard),
    ]),
    section(
      'COMMANDS',
      typedWords.map(({ word, help }) => entry(bold(`nixpulse ${word}`), [help])),
    ),
    section('OPTIONS', [
      paragraph('Before or after every command:'),
      ...everyones.map((flag) => flagEntry(flag)),
      helpEntry,
      entry(`${bold('-V')}, ${bold('--version')}`, ['Print the version.']),
      subsection(
        'Of the dashboard',
        flagsOf('dashboard')
          .filter((row) => row.commands)
          .map((flag) => flagEntry(flag)),
      ),
    ]),
    section('KEYS', [
      paragraph('Those of replays and of questions included; `?` says why one does not work now.'),
      ...keyGroups.map((group) =>
        subsection(
          group,
          keys
            .filter((key) => key.group === group)
            .map((key) => entry(key.keys.map((one) => bold(keyLabel(one))).join(', '), [key.title])),
        ),
      ),
    ]),
    exitStatus,
    section(
      'ENVIRONMENT',
      environmentRows.map(({ name, help }) => entry(bold(name), [help])),
    ),
    section(
      'FILES',
      fileRows.map(({ name, help }) => entry(bold(name), [help])),
    ),
    seeAlso([...typedWords.map(({ word }) => `nixpulse-${word}(1)`), 'nixpulse.toml(5)', 'nix(1)']),
  ]);
}

function commandPage({ word, help, row, below }: TypedWord, edition: Edition): string {
  const rows = below.length === 0 ? [row] : below.map((one) => one.row);
  const name = `nixpulse-${word}`;
  return manualPage({ ...edition, name, section: 1, summary: asClause(help) }, [
    section(
      'SYNOPSIS',
      rows.flatMap(usageLines).flatMap((line, index) => [...(index === 0 ? [] : ['.br']), usage(line)]),
    ),
    section(
      'DESCRIPTION',
      below.length === 0 ? [paragraph(help), ...operandLines(row)] : [paragraph(help), ...rows.map(partOf)],
    ),
    section('OPTIONS', [...optionsOf(rows), ...everyones.map((flag) => flagEntry(flag)), helpEntry]),
    ...tablesOf(rows),
    ...(rows.some(hasExamples) ? [section('EXAMPLES', rows.flatMap(examplesLines).slice(1))] : []),
    exitStatus,
    seeAlso(['nixpulse(1)', 'nixpulse.toml(5)']),
  ]);
}

/** `Kill a build.` → `kill a build`: of whatis(1). */
function asClause(sentence: string): string {
  return sentence.replace(/\.$/, '').replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
}

function usageLines({ word, usage: told, operand }: CommandRow): readonly string[] {
  const optional = operand?.optional === true;
  const operands = operand === undefined ? '' : optional ? `[${operand.name}]` : operand.name;
  const rest = told ?? `${operands} [OPTIONS]`.trimStart();
  return `nixpulse ${word} ${rest}`.split('\n').map((line) => line.trim());
}

function partOf(row: CommandRow): string {
  return subsection(`nixpulse ${row.word}`, [paragraph(row.help), ...operandLines(row)]);
}

function operandLines({ operand }: CommandRow): readonly string[] {
  return operand === undefined ? [] : [entry(usage(operand.name), [operand.help])];
}

/** Of a group each flag once, with the commands that take it. */
function optionsOf(rows: readonly CommandRow[]): readonly string[] {
  const own = flagTable.filter(({ commands }) => rows.some(({ id }) => commands?.includes(id)));
  return own.map((flag) => {
    const takers = rows.filter(({ id }) => flag.commands?.includes(id));
    return flagEntry(flag, takers.length === rows.length ? [] : takers);
  });
}

function flagEntry(row: FlagRow, takers: readonly CommandRow[] = []): string {
  const { name, argument, help, id } = row;
  const usual = defaultFlags[id];
  const some =
    argument?.kind === 'choice' ? ` One of ${argument.choices.map((one) => `\`${one}\``).join(', ')}.` : '';
  const normal = argument && usual !== null && typeof usual !== 'object' ? ` Default: \`${usual}\`.` : '';
  const only = takers.length > 0 ? ` Of ${takers.map(({ word }) => `\`${word}\``).join(', ')}.` : '';
  return entry(flagTerm(name, argument?.name ?? null, argument !== undefined && 'optional' in argument), [
    `${help}${some}${normal}${only}`,
  ]);
}

const helpEntry = entry(`${bold('-h')}, ${bold('--help')}`, ['Print the help.']);

/** What `--probe` and `--limit` may be told. */
function tablesOf(rows: readonly CommandRow[]): readonly string[] {
  const takes = (id: FlagRow['id']) => rows.some((row) => flagsOf(row.id).some((flag) => flag.id === id));
  return [
    ...(takes('probe')
      ? [section('TESTS', [paragraph('What `--probe` may name.'), ...probeTable.map(probeEntry)])]
      : []),
    ...(takes('limit') ? [section('LIMITS', [paragraph('What `--limit` may name.'), ...limitParts()])] : []),
  ];
}

function probeEntry({
  id,
  help,
  costs,
  needs,
  subject,
  subjectOptional,
}: (typeof probeTable)[number]): string {
  const colon =
    subject === null ? '' : subjectOptional ? `[:${subject.toUpperCase()}]` : `:${subject.toUpperCase()}`;
  return entry(bold(`${id}${colon}`), [
    `${help} It takes ${costs}${needs === null ? '' : `, and ${needs}`}.`,
  ]);
}

/** By rule; names that mean the same stand together. */
function limitParts(): readonly string[] {
  const rules = Map.groupBy(limitTable, ([, { rule }]) => rule);
  return [...rules].map(([rule, limits]) => {
    const { help, numbers } = guardRuleTable[rule];
    const told: Readonly<Record<string, { readonly help: string }>> = numbers;
    const meant = Map.groupBy(limits, ([, { number }]) => number);
    const entries = [...meant].map(([number, same]) =>
      entry(same.map(([name]) => bold(name)).join(', '), [
        number === null ? 'It acts when all of that has held for so long.' : (told[number]?.help ?? ''),
      ]),
    );
    return subsection(rule, [paragraph(help), ...entries]);
  });
}

function hasExamples(row: CommandRow): boolean {
  return examplesOf(row.id).length > 0;
}

function examplesLines(row: CommandRow | undefined): readonly string[] {
  const examples = row === undefined ? [] : examplesOf(row.id);
  return examples.flatMap(({ help, line }) => ['.PP', paragraph(help), example([line])]);
}

const exitStatus = section(
  'EXIT STATUS',
  exitCodes.map(({ code, help }) =>
    entry(bold(String(code)), [`${help}.`.replace(/^[a-z]/, (a) => a.toUpperCase())]),
  ),
);

function seeAlso(pages: readonly string[]): string {
  return section('SEE ALSO', [
    paragraph(pages.map((page) => page.replace(/^(.*)(\(\d\))$/, '`$1`$2')).join(', ')),
  ]);
}
