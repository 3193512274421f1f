/** dist/completions/nixpulse.fish. */
import { type FlagRow, flagTable } from '../../src/cli/table.ts';
import {
  argumentOffer,
  flagsWithWord,
  madeBy,
  type Offer,
  operandOffer,
  ownersOf,
  typedWords,
} from './offers.ts';

export function fishCompletion(): string {
  return `# fish completion for nixpulse(1). ${madeBy}

# The command that is typed: kill, check, check-rebuild. Fails where what follows is no word of ours any more.
function __nixpulse_command
    set -l words (commandline -opc)[2..-1]
    set -l command ''
    set -l operands 0
    while set -q words[1]
        switch $words[1]
            case --
                return 1
            case ${flagsWithWord.join(' ')}
                set -e words[1]
            case '-*'
            case '*'
                switch $command:$words[1]
${commandCases.map((line) => `                    ${line}`).join('\n')}
                    case '*'
                        set operands (math $operands + 1)
                end
        end
        set -e words[1]
    end
    echo $command $operands
end

function __nixpulse_is
    __nixpulse_command | read -l command operands
    and contains -- $command: $argv:
end

# Nothing but flags is typed behind the command.
function __nixpulse_wants
    set -l typed (__nixpulse_command)
    and contains -- $typed "$argv[1] 0"
end

# None of the words begins with what is typed.
function __nixpulse_begins_none
    set -l typed (commandline -ct)
    for word in $argv
        string match -q -- (string sub -l (string length -- "$typed") -- $word) "$typed"
        and return 1
    end
    return 0
end

# What there is now. Only a nixpulse of the PATH is asked: Tab behind ./nixpulse runs nothing of this directory.
function __nixpulse_targets
    command nixpulse complete $argv[1] 2>/dev/null </dev/null
end

function __nixpulse_generations
    set -l words (commandline -opc)
    set -l profile (string replace -rf -- '^--profile=' '' $words)
    if set -l at (contains -i -- --profile $words)
        set profile $words[(math $at + 1)]
    end
    __nixpulse_targets generations:"$profile"
end

# Of \`watch -- CMD\`.
function __nixpulse_wrapped
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words)
    and contains -- $argv[1] $words[2..$at]
end

function __nixpulse_complete_wrapped
    set -l words (commandline -opc)
    set -l at (contains -i -- -- $words)
    set -l rest (string escape -- $words[(math $at + 1)..-1])
    complete -C "$rest "(commandline -ct | string escape)
end

complete -c nixpulse -f

${commandLines.join('\n')}

${flagLines.join('\n')}
`;
}

const commandCases = typedWords.flatMap(({ word, below }) => [
  ...caseOf(`:${word}`, word),
  ...below.flatMap((one) => caseOf(`${word}:${one.word}`, `${word}-${one.word}`)),
]);

function caseOf(pattern: string, command: string): readonly string[] {
  return [`case ${pattern}`, `    set command ${command}`];
}

const commandLines = typedWords.flatMap(({ word, help, row, below }) => [
  `complete -c nixpulse -n "__nixpulse_wants ''" -a ${word} -d ${quoted(help)}`,
  ...below.map(
    (one) => `complete -c nixpulse -n '__nixpulse_wants ${word}' -a ${one.word} -d ${quoted(one.row.help)}`,
  ),
  ...(below.length === 0
    ? [{ word, row }]
    : below.map((one) => ({ ...one, word: `${word}-${one.word}` }))
  ).flatMap((one) => operandLines(one.word, operandOffer(one.row.operand))),
  ...(below.length > 0 && operandOffer(row.operand).kind === 'files'
    ? [
        `complete -c nixpulse -n '__nixpulse_wants ${word}; and __nixpulse_begins_none ${below.map((one) => one.word).join(' ')}' -F`,
      ]
    : []),
  ...(row.wraps
    ? [`complete -c nixpulse -n '__nixpulse_wrapped ${word}' -a '(__nixpulse_complete_wrapped)'`]
    : []),
]);

function operandLines(key: string, offer: Offer): readonly string[] {
  const shown = actionOf(offer);
  return shown === '' ? [] : [`complete -c nixpulse -n '__nixpulse_wants ${key}' ${shown}`];
}

const flagLines = [
  ...flagTable.map(flagLine),
  `complete -c nixpulse -n '__nixpulse_command >/dev/null' -s h -l help -d 'Print this help.'`,
  `complete -c nixpulse -n "__nixpulse_is ''" -s V -l version -d 'Print the version.'`,
];

function flagLine(row: FlagRow): string {
  const { name, help, argument } = row;
  const owners = ownersOf(row)?.map((key) => (key === '' ? "''" : key));
  const condition =
    owners === undefined ? '__nixpulse_command >/dev/null' : `__nixpulse_is ${owners.join(' ')}`;
  const offer = argument === undefined ? null : argumentOffer(argument);
  const taken =
    argument === undefined || 'optional' in argument ? '' : offer?.kind === 'files' ? ' -r' : ' -x';
  const shown = offer === null ? '' : ` ${actionOf(offer)}`.trimEnd();
  return `complete -c nixpulse -n "${condition}" -l ${name.slice(2)}${taken}${shown} -d ${quoted(help)}`;
}

function actionOf(offer: Offer): string {
  switch (offer.kind) {
    case 'nothing':
      return '';
    case 'files':
      return '-F';
    case 'directories':
      return "-a '(__fish_complete_directories)'";
    case 'hosts':
      return "-a '(__fish_print_hostnames)'";
    case 'targets':
      return offer.target === 'generations'
        ? "-k -a '(__nixpulse_generations)'"
        : `-k -a '(__nixpulse_targets ${offer.target})'`;
    case 'words': {
      const words = offer.words.map((word) => word + offer.behind);
      if (!offer.list) return `-a '${words.join(' ')}'`;
      return `-a '(__fish_complete_list , "string join \\\\n ${words.join(' ')}")'`;
    }
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
