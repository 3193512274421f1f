/** dist/completions/nixpulse.bash: bash 4 and newer; bash-completion is used where it is there, and not needed. */
import { flagsOf, flagTable, shownCommands } from '../../src/cli/table.ts';
import {
  argumentOffer,
  flagsWithWord,
  keysOf,
  madeBy,
  type Offer,
  operandOffer,
  ownersOf,
  typedWords,
} from './offers.ts';

export function bashCompletion(): string {
  return `${head}
# The words up to the cursor, glued where COMP_WORDBREAKS parted them: \`--color=al\` is one. \`replaced\`: so many
# characters at the end of the last one bash puts our offer in the place of.
_nixpulse_split() {
  local rest=\${COMP_LINE:0:COMP_POINT} word='' apart index
  words=()
  for ((index = 0; index <= COMP_CWORD; index++)); do
    apart=\${rest#"\${rest%%[![:space:]]*}"}
    word=\${COMP_WORDS[index]:0:\${#apart}}
    if ((index > 0)) && [[ $apart == "$rest" && -n $word ]]; then
      words[\${#words[@]} - 1]+=$word
    else
      words+=("$word")
    fi
    rest=\${apart:\${#word}}
  done
  [[ $word == [=:] ]] && word=''
  replaced=\${#word}
}

# Of the words given those that begin as \`value\`, the end of what is typed.
_nixpulse_offer() {
  local typed=\${words[\${#words[@]} - 1]} word
  local kept=\${typed:0:\${#typed}-\${#value}}
  for word; do
    [[ $word == "$value"* ]] || continue
    word=$kept$word
    COMPREPLY+=("\${word:\${#typed}-replaced}")
  done
}

# Several of them, with commas between.
_nixpulse_offer_list() {
  value=\${value##*,}
  _nixpulse_offer "$@"
}

# What there is now. Only a nixpulse of the PATH is asked: Tab behind ./nixpulse runs nothing of this directory.
_nixpulse_targets() {
  local line
  compopt -o nosort 2>/dev/null
  while IFS= read -r line; do
    _nixpulse_offer "\${line%%$'\\t'*}"
  done < <(command nixpulse complete "$1" 2>/dev/null </dev/null)
}

_nixpulse_hosts() {
  declare -F _known_hosts_real >/dev/null && _known_hosts_real -a -- "$value"
}

_nixpulse() {
  local words replaced value flag='' command='' profile='' operands=0 index word
  COMPREPLY=()
  _nixpulse_split
  local last=$((\${#words[@]} - 1))
  for ((index = 1; index < last; index++)); do
    word=\${words[index]}
    case $word in
      --)
        [[ $command == @(${wrapping}) ]] && _nixpulse_wrapped
        return
        ;;
      --profile=*) profile=\${word#*=} ;;
      ${flagsWithWord.join(' | ')})
        ((++index))
        if ((index == last)); then
          flag=$word
        elif [[ $word == --profile ]]; then
          profile=\${words[index]}
        fi
        ;;
      -*) ;;
      *)
        case $command:$word in
${indented(10, commandCases)}
          *) ((++operands)) ;;
        esac
        ;;
    esac
  done
  value=\${words[last]}
  if [[ -z $flag && $value == --*=* ]]; then
    flag=\${value%%=*}
    value=\${value#*=}
  fi
  if [[ -n $flag ]]; then
    case $command:$flag in
${indented(6, flagCases)}
    esac
  elif [[ $value == -* ]]; then
    case $command in
${indented(6, namesCases)}
    esac
  elif ((operands == 0)); then
    case $command in
${indented(6, operandCases)}
    esac
  fi
}

# What follows \`--\` is completed as a command of its own.
_nixpulse_wrapped() {
  local index
  for ((index = 1; index < COMP_CWORD; index++)); do
    [[ \${COMP_WORDS[index]} == -- ]] && break
  done
  if declare -F _command_offset >/dev/null; then
    _command_offset $((index + 1))
  else
    compopt -o default
  fi
}

complete -F _nixpulse nixpulse
`;
}

const head = `# bash completion for nixpulse(1). ${madeBy}
`;

const wrapping = shownCommands
  .filter(({ wraps }) => wraps)
  .flatMap(keysOf)
  .join('|');

const commandCases = typedWords.flatMap(({ word, below }) => [
  `:${word}) command=${word} ;;`,
  ...below.map((one) => `${word}:${one.word}) command=${word}-${one.word} ;;`),
]);

const flagCases = flagTable.flatMap((row) => {
  if (row.argument === undefined) return [];
  const patterns = (ownersOf(row) ?? ['*']).map((key) => `${key}:${row.name}`);
  const shown = actionOf(argumentOffer(row.argument));
  return shown === null ? [] : [`${patterns.join(' | ')}) ${shown} ;;`];
});

const namesCases = shownCommands.map((row) => {
  const version = row.word === null ? ['--version'] : [];
  const names = [...flagsOf(row.id).map(({ name }) => name), '--help', ...version];
  return `${patternOf(keysOf(row))}) _nixpulse_offer ${names.join(' ')} ;;`;
});

const operandCases = [
  `'') _nixpulse_offer ${typedWords.map(({ word }) => word).join(' ')} ;;`,
  ...typedWords.flatMap(({ word, row, below }) => {
    if (below.length === 0) return casesOf([word], actionOf(operandOffer(row.operand)));
    // Files where no word of ours begins so: what the first of them takes.
    const files = operandOffer(row.operand).kind === 'files' ? 'compopt -o default; ' : '';
    const words = `${files}_nixpulse_offer ${below.map((one) => one.word).join(' ')}`;
    return [
      `${word}) ${words} ;;`,
      ...below.flatMap((one) => casesOf([`${word}-${one.word}`], actionOf(operandOffer(one.row.operand)))),
    ];
  }),
];

function casesOf(keys: readonly string[], shown: string | null): readonly string[] {
  return shown === null ? [] : [`${patternOf(keys)}) ${shown} ;;`];
}

function patternOf(keys: readonly string[]): string {
  return keys.map((key) => key || "''").join(' | ');
}

function actionOf(offer: Offer): string | null {
  switch (offer.kind) {
    case 'nothing':
      return null;
    case 'files':
      return 'compopt -o default';
    case 'directories':
      return 'compopt -o dirnames';
    case 'hosts':
      return '_nixpulse_hosts';
    case 'targets':
      return offer.target === 'generations'
        ? '_nixpulse_targets "generations:$profile"'
        : `_nixpulse_targets ${offer.target}`;
    case 'words': {
      const words = offer.words.map((word) => word + offer.behind).join(' ');
      const call = offer.list ? '_nixpulse_offer_list' : '_nixpulse_offer';
      return `${offer.behind === '' ? '' : 'compopt -o nospace; '}${call} ${words}`;
    }
  }
}

function indented(columns: number, lines: readonly string[]): string {
  return lines.map((line) => ' '.repeat(columns) + line).join('\n');
}
