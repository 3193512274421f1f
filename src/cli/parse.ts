/** Command line to Invocation, by commander and the table; commander is loaded with this file only. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { isFields } from '../base/fields.ts';
import { nearestWord } from '../base/nearest.ts';
import { oneLine, withoutControls } from '../base/text.ts';
import {
  type CommandId,
  commandTable,
  commandWord,
  defaultFlags,
  exitCodes,
  type FlagRow,
  type Flags,
  flagsOf,
  flagTable,
  groups,
  type Invocation,
  isVerb,
  shownCommands,
  summary,
} from './table.ts';
import { parseValue } from './value.ts';

export type Parsed =
  | { readonly kind: 'run'; readonly invocation: Invocation }
  /** `--help`, `--version`: for stdout, exit 0. */
  | { readonly kind: 'print'; readonly text: string }
  /** One line for stderr, exit 2. */
  | { readonly kind: 'misuse'; readonly message: string };

/** `words`: the command line without the program. What stands behind `--` of `watch` is not looked at. */
export function parseCommandLine(words: readonly string[], version: string): Parsed {
  const end = words.indexOf('--');
  if (end < 0 || !words.slice(0, end).includes('watch')) return withoutCommand(parseWords(words, version));
  const parsed = parseWords(words.slice(0, end), version);
  if (parsed.kind !== 'run' || parsed.invocation.command !== 'watch') return parsed;
  const command = words.slice(end + 1);
  if (command.length === 0) return { kind: 'misuse', message: "'watch' needs a command after '--'" };
  if (parsed.invocation.log !== null) {
    return { kind: 'misuse', message: "'--log' and a command contradict each other" };
  }
  return { kind: 'run', invocation: { ...parsed.invocation, words: command } };
}

/** What is of no use without a command that we start; `record` guards without one. */
const ofCommand = ['check', 'guard', 'limit', 'calm', 'safe', 'stopServices', 'scoreCard'] as const;

function withoutCommand(parsed: Parsed): Parsed {
  if (parsed.kind !== 'run' || parsed.invocation.command !== 'watch') return parsed;
  const given = ofCommand.find((id) => parsed.invocation[id] !== defaultFlags[id]);
  if (given === undefined) return parsed;
  const name = flagTable.find(({ id }) => id === given)?.name;
  return { kind: 'misuse', message: `'${name}' needs a command after '--'` };
}

function parseWords(words: readonly string[], version: string): Parsed {
  let out = '';
  let parsed: Invocation | null = null;
  const program = build(version, (command, operand, flags) => {
    const typed = Object.keys(flags) as (keyof Flags)[];
    parsed = { ...defaultFlags, ...flags, command, operand, ...(typed.length > 0 && { typed }) };
  });
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    command.exitOverride();
    command.configureOutput({
      writeOut: (text) => {
        out += text;
      },
      writeErr: () => {},
      getOutHelpWidth: () => 80,
      getOutHasColors: () => false,
    });
  }
  try {
    program.parse([...words], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { kind: 'print', text: out };
    return { kind: 'misuse', message: complaint(error.message) };
  }
  if (parsed === null) throw new Error('no command ran');
  const contradiction = contradictionOf(parsed);
  if (contradiction !== null) return { kind: 'misuse', message: contradiction };
  return { kind: 'run', invocation: parsed };
}

/** What each flag allows and all of them together do not. */
function contradictionOf(invocation: Invocation): string | null {
  const { command, operand, all, at, probe, quick, readOnly, dryRun } = invocation;
  const { check, config, yes, flake, evaluation, stopServices } = invocation;
  // commander takes the options of the dashboard beside every command.
  const own = new Set(flagsOf(command).map(({ id }) => id));
  const stray = flagTable.find(({ id }) => !own.has(id) && invocation[id] !== defaultFlags[id]);
  if (stray) return elsewhere(flagTable.filter(({ id }) => id === stray.id));
  if (command === 'report') {
    const { every, output, from, until } = invocation;
    if (every !== null && output === null) return "'--every' needs '--output': the file that it keeps";
    if (every !== null && (operand !== null || from !== null || until !== null))
      return "'--every' tells of now: without RECORDING, '--from' and '--to'";
  }
  if ((isVerb(command) || (command === 'recover' && operand !== null)) && readOnly && !dryRun)
    return `'${command}' and '--read-only' contradict each other`;
  if (command === 'export' && invocation.fileEvery !== null && invocation.textfile === null)
    return "'--every' needs '--textfile': the file that it writes";
  if (command === 'fleet') {
    if (invocation.prometheus === null) return "'fleet' needs '--prometheus': http://HOST:9090";
    if (invocation.tokenFile !== null && invocation.userFile !== null)
      return "'--token-file' and '--user-file' contradict each other";
  }
  // A guard that may not act only tells.
  const changing =
    readOnly && command === 'watch' && (['calm', 'stopServices'] as const).find((id) => invocation[id]);
  if (changing) {
    const name = flagTable.find(({ id }) => id === changing)?.name;
    return `'${name}' and '--read-only' contradict each other`;
  }
  if (command === 'watch' && !check) {
    if (flake !== null || !evaluation)
      return "'--flake' and '--no-evaluation' of 'watch' belong to '--check'";
    if (yes && stopServices === null) return "'--yes' of 'watch' belongs to '--check' or '--stop-services'";
  }
  if (command === 'guard' && operand !== null) {
    const word = oneLine(withoutControls(operand));
    if (!check)
      return `'${word}' is no command of 'guard'${meant(word, guardWords())}; a FILE belongs to '--check'`;
    if (config !== null) return "'--config' and a FILE contradict each other";
  }
  if (command === 'diagnose' && operand === null && at !== null) return "'--at' needs a RECORDING";
  if (quick && (operand !== null || probe !== null))
    return "'--quick' is of now, and by itself: without RECORDING and '--probe'";
  if (operand !== null && probe !== null) return "'--probe' looks at this machine now, not into a RECORDING";
  if (command !== 'cancel' || (operand === null) === all) return null;
  return all ? "'--all' takes no TARGET" : "'cancel' needs a TARGET, or --all";
}

/** Rows of one name. */
function elsewhere(rows: readonly FlagRow[]): string {
  const words = rows.flatMap(({ commands = [] }) => commands).map(commandWord);
  return `option '${rows[0]?.name}' belongs to: ${words.join(', ')}`;
}

function exitCodeHelp(): string {
  const rows = exitCodes.map(({ code, help }) => `  ${String(code).padEnd(21)} ${help}`);
  return ['', 'Exit codes:', ...rows].join('\n');
}

type Run = (command: CommandId, operand: string | null, flags: Partial<Flags>) => void;

function build(version: string, run: Run): Command {
  const everyonesOptions = flagTable.filter((row) => !row.commands).map(optionOf);
  const program = new Command('nixpulse')
    .description(summary)
    .usage('[COMMAND] [OPTIONS]')
    .version(version, '-V, --version', 'Print the version.')
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false)
    .configureHelp({ showGlobalOptions: true, visibleGlobalOptions: () => everyonesOptions })
    .addHelpText('after', exitCodeHelp());
  for (const option of everyonesOptions) program.addOption(option);
  for (const row of commandTable) {
    const hidden = row.hidden === true;
    const command = row.word === null ? program : commandOf(program, row.word, hidden).description(row.help);
    const { operand } = row;
    const optional = operand?.optional === true;
    const word = operand === undefined ? '' : optional ? `[${operand.name}]` : `<${operand.name}>`;
    if (operand !== undefined) command.argument(word, operand.help);
    if (row.word !== null) {
      command
        .helpOption('-h, --help', 'Print this help.')
        .usage(row.usage ?? `${word} [OPTIONS]`.trimStart());
    }
    for (const flag of flagTable) if (flag.commands?.includes(row.id)) command.addOption(optionOf(flag));
    command.allowExcessArguments(row.word === null);
    command.action(() => {
      const extra = program.args[0];
      if (row.word === null && extra !== undefined) unknownCommand(extra);
      const given = operand === undefined ? null : (command.args[0] ?? null);
      run(row.id, given, { ...givenTo(program), ...givenTo(command) });
    });
  }
  return program;
}

/** `check rebuild`: below a command that only groups others. */
function commandOf(program: Command, words: string, hidden: boolean): Command {
  const [first = '', second] = words.split(' ');
  if (second === undefined) return program.command(first, { hidden });
  const group = program.commands.find((command) => command.name() === first);
  // The first of a group is meant where none is named.
  return group === undefined
    ? groupOf(program, first).command(second, { isDefault: true })
    : group.command(second);
}

function groupOf(program: Command, word: string): Command {
  const help = groups[word] ?? '';
  return program
    .command(word)
    .description(help)
    .helpOption('-h, --help', 'Print this help.')
    .helpCommand(false);
}

/** Without commander's own default of a `--no-…`, which would undo what stood before the command. */
function givenTo(command: Command): Partial<Flags> {
  const given = Object.entries(command.opts()).filter(
    ([name]) => command.getOptionValueSource(name) === 'cli',
  );
  return Object.fromEntries(given);
}

function optionOf(row: FlagRow): Option {
  const { argument, id } = row;
  const option = new Option(`${row.name}${argumentOf(row)}`, helpOf(row));
  // What two commands call alike is two flags: --to of a report and of a rollback.
  option.attributeName = () => id;
  if (argument) {
    option.argParser((text: string, before: unknown) => {
      const value = parseValue(argument, text);
      if (!value.ok) throw new InvalidArgumentError(value.problem.cause ?? '');
      const isMore = row.repeats === true && isFields(before) && isFields(value.value);
      return isMore ? { ...before, ...value.value } : value.value;
    });
  }
  return option;
}

function argumentOf({ argument }: FlagRow): string {
  if (!argument) return '';
  return 'optional' in argument ? ` [${argument.name}]` : ` <${argument.name}>`;
}

function helpOf({ argument, help, id }: FlagRow): string {
  if (!argument) return help;
  const usual = defaultFlags[id];
  const notes = usual === null || typeof usual === 'object' ? [] : [`default ${usual}`];
  if (argument.kind === 'choice') notes.unshift(argument.choices.join(', '));
  return notes.length === 0 ? help : `${help} (${notes.join('; ')})`;
}

/** The program itself takes any word, so that the nearest command can be named. */
function unknownCommand(word: string): never {
  const words = shownCommands.flatMap(({ word }) => word?.split(' ', 1) ?? []);
  const message = `unknown command '${word}'${meant(word, words)}`;
  throw new CommanderError(2, 'nixpulse.unknownCommand', message);
}

/** ` (did you mean status?)`, or nothing. */
function meant(word: string, words: readonly string[]): string {
  const near =
    nearestWord(word, words) ??
    words.find((name) => name.startsWith(word.slice(0, 2)) || word.startsWith(name.slice(0, 2)));
  return near === undefined ? '' : ` (did you mean ${near}?)`;
}

/** `run`, `status` … of `guard`. */
function guardWords(): readonly string[] {
  return commandTable.flatMap(({ word }) => (word?.startsWith('guard ') ? word.slice('guard '.length) : []));
}

/**
 * commander: `error: unknown option '--intervall'\n(Did you mean --interval?)`, and
 * `error: option '--interval <SECONDS>' argument '0' is invalid. expected …`. What the user typed comes
 * back without its control characters.
 */
function complaint(message: string): string {
  const unknown = /^error: unknown option '(--[^'=]+)/.exec(message)?.[1];
  if (/too many arguments for 'watch'/.test(message)) return "put '--' before the command: watch -- CMD...";
  const extra = /too many arguments for 'rebuild'.*: (.*)\.$/.exec(message)?.[1];
  if (extra !== undefined)
    return `'${oneLine(withoutControls(extra))}' is no check: check rebuild --flake REF, or check deploy HOST`;
  const known = flagTable.filter((row) => row.name === unknown);
  if (known[0]?.commands) return elsewhere(known);
  const text = message
    .replace(/^error: /, '')
    .replace(/^option '(--[\w-]+)[^']*' argument/, "option '$1': argument")
    .replace(/ is invalid\. (?=expected)/, ' is invalid: ')
    .replace('(Did you mean', '(did you mean');
  return oneLine(withoutControls(text));
}
