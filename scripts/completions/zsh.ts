/** dist/completions/_nixpulse: for a directory of zsh's fpath. */
import { type CommandRow, type FlagRow, flagsOf, shownCommands } from '../../src/cli/table.ts';
import { argumentOffer, keysOf, madeBy, type Offer, operandOffer, typedWords } from './offers.ts';

export function zshCompletion(): string {
  return `#compdef nixpulse
# zsh completion for nixpulse(1). ${madeBy}

# What there is now. Only a nixpulse of the PATH is asked: Tab behind ./nixpulse runs nothing of this directory.
_nixpulse_targets() {
  local kind=$1 line
  local -a offered
  [[ $kind == generations ]] && kind+=:\${opt_args[--profile]:-}
  for line in \${(f)"$(command nixpulse complete $kind 2>/dev/null </dev/null)"}; do
    offered+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  _describe -V -t targets $kind offered
}

# Names that a value follows.
_nixpulse_names() {
  local list=$1
  shift
  [[ $list == list ]] && compset -P '*,'
  compset -P '*=' || compadd -S = -- "$@"
}

_nixpulse_list() {
  compset -P '*,'
  compadd -S , -q -- "$@"
}

_nixpulse_hosts() {
  compset -P '*@'
  _hosts "$@"
}

${shownCommands
  .filter(({ word }) => word !== null)
  .map(functionOf)
  .join('\n\n')}

${typedWords
  .filter(({ below }) => below.length > 0)
  .map(({ word, row, below }) => groupFunction(word, row, below))
  .join('\n\n')}

_nixpulse() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \\
    ${[...flagsOf('dashboard').map(flagSpec), helpSpec, versionSpec, "'1: :->command'", "'*:: :->rest'"].join(' \\\n    ')} && return
  case $state in
    command)
      local -a commands=(
        ${typedWords.map(({ word, help }) => quoted(`${word}:${help}`)).join('\n        ')}
      )
      _describe -t commands command commands
      ;;
    rest)
      curcontext=\${curcontext%:*}-$words[1]:
      (( $+functions[_nixpulse_$words[1]] )) && _nixpulse_$words[1]
      ;;
  esac
}

_nixpulse "$@"
`;
}

const helpSpec = "'(- *)'{-h,--help}'[Print this help.]'";
const versionSpec = "'(- *)'{-V,--version}'[Print the version.]'";

function functionOf(row: CommandRow): string {
  const specs = argumentsOf(row).join(' \\\n    ');
  return `_nixpulse_${keysOf(row).at(-1)}() {\n${row.wraps ? wrapped : ''}  _arguments \\\n    ${specs}\n}`;
}

/** What follows \`--\` is completed as a command of its own. */
const wrapped = `  local at=\${words[(i)--]}
  if (( at < CURRENT )); then
    shift $at words
    (( CURRENT -= at ))
    _normal
    return
  fi
`;

function argumentsOf(row: CommandRow): readonly string[] {
  const { operand } = row;
  const words = operand && [`'1:${escaped(operand.name)}:${quotedWithin(actionOf(operandOffer(operand)))}'`];
  return [...flagsOf(row.id).map(flagSpec), helpSpec, ...(words ?? [])];
}

/** Its words, and what its first one takes where none of them follows. */
function groupFunction(
  word: string,
  row: CommandRow,
  below: readonly { readonly word: string; readonly row: CommandRow }[],
): string {
  const specs = [...flagsOf(row.id).map(flagSpec), helpSpec, "'1: :->command'", "'*:: :->rest'"];
  const files = operandOffer(row.operand).kind === 'files' ? ' || _files' : '';
  return `_nixpulse_${word}() {
  local curcontext=$curcontext state line
  typeset -A opt_args
  _arguments -C \\
    ${specs.join(' \\\n    ')} && return
  case $state in
    command)
      local -a commands=(
        ${below.map((one) => quoted(`${one.word}:${one.row.help}`)).join('\n        ')}
      )
      _describe -t commands command commands${files}
      ;;
    rest)
      (( $+functions[_nixpulse_${word}-$words[1]] )) && _nixpulse_${word}-$words[1]
      ;;
  esac
}`;
}

function flagSpec(row: FlagRow): string {
  const { name, help, argument, repeats } = row;
  const often = repeats ? '*' : '';
  if (argument === undefined) return quoted(`${often}${name}[${escaped(help)}]`);
  const optional = 'optional' in argument;
  const value = `${optional ? '::' : ':'}${escaped(argument.name)}:${actionOf(argumentOffer(argument))}`;
  return quoted(`${often}${name}${optional ? '=-' : '='}[${escaped(help)}]${value}`);
}

/** A function behind a space is called as it stands, without options for compadd (zshcompsys(1), _arguments). */
function actionOf(offer: Offer): string {
  switch (offer.kind) {
    case 'nothing':
      return ' ';
    case 'files':
      return '_files';
    case 'directories':
      return '_files -/';
    case 'hosts':
      return '_nixpulse_hosts';
    case 'targets':
      return ` _nixpulse_targets ${offer.target}`;
    case 'words': {
      const words = offer.words.join(' ');
      if (offer.behind === '=') return ` _nixpulse_names ${offer.list ? 'list' : 'one'} ${words}`;
      return offer.list ? ` _nixpulse_list ${words}` : `(${words})`;
    }
  }
}

function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function quotedWithin(text: string): string {
  return text.replaceAll("'", "'\\''");
}

function quoted(text: string): string {
  return `'${quotedWithin(text)}'`;
}
