/**
 * Which command lines take `--log-format internal-json -v`, and where in their words it goes: the table of Nix's own
 * programs and the tools around it, also below sudo and its like. What is not in it runs as it was typed, and its lines
 * for people are read.
 */
import { baseName } from '../base/text.ts';
import { type Wrapper, wrappers } from './wrappers.ts';

interface Tool {
  readonly names: readonly string[];
  /** Right behind the program (before words that are another program's), or behind the last word. */
  readonly place: 'first' | 'last';
  /** Only with one of these words; absent: always. */
  readonly only?: ReadonlySet<string>;
  /** A script that knows the option in some versions only, and refuses what it does not know: it is read. */
  readonly script?: true;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

/** `nix repl`, `nix edit`, `nix log` and `nix search` tell nothing of a rebuild. */
const nixCommands = words(
  `build bundle copy derivation develop eval flake fmt formatter path-info print-dev-env profile run shell store
   upgrade-nix`,
);
const rebuildActions = words(
  `switch boot test build dry-build dry-run dry-activate build-vm build-vm-with-bootloader build-image`,
);

export const tools: readonly Tool[] = [
  { names: ['nix'], place: 'first', only: nixCommands },
  { names: ['nix-build', 'nix-shell', 'nix-env', 'nix-instantiate', 'nix-copy-closure'], place: 'first' },
  { names: ['nix-store'], place: 'first', only: words('-r --realise --realize') },
  // The bash script hands both on by name; -ng has them among the options of Nix (rebuild-tools: 25.05 and later).
  { names: ['nixos-rebuild', 'nixos-rebuild-ng'], place: 'last', only: rebuildActions },
  { names: ['darwin-rebuild'], place: 'last', only: words('switch build check'), script: true },
  { names: ['home-manager'], place: 'last', only: words('switch build test'), script: true },
];

export interface Prepared {
  readonly words: readonly string[];
  /** Its name without a directory, below what it is started by: `nixos-rebuild` of `sudo nixos-rebuild …`. */
  readonly tool: string;
  readonly format: 'internal-json' | 'as-typed';
  /** It ends in a shell for the user: `nix develop`, `nix-shell` without a command. */
  readonly shell: boolean;
}

/** `knows`: whether the script of that name (as it was typed) has the option in it; asked of scripts only. */
export function withLogFormat(line: readonly string[], knows: (program: string) => boolean): Prepared {
  const at = programIndex(line);
  const program = line[at] ?? '';
  const tool = baseName(program);
  const rest = line.slice(at + 1);
  const own = ownWords(tool, rest);
  const asTyped: Prepared = { words: line, tool, format: 'as-typed', shell: beginsShell(tool, rest) };
  const row = tools.find(({ names }) => names.includes(tool));
  if (row === undefined || own.some(isLogFormat) || own.some((word) => word === '--help')) return asTyped;
  if (row.only !== undefined && !own.some((word) => row.only?.has(word))) return asTyped;
  if (row.script === true && !knows(program)) return asTyped;
  const option = ['--log-format', 'internal-json', ...(own.some(isVerbose) ? [] : ['-v'])];
  const before = line.slice(0, at + 1);
  const withOption =
    row.place === 'first' ? [...before, ...option, ...rest] : [...before, ...rest, ...option];
  return { ...asTyped, words: withOption, format: 'internal-json' };
}

/** Of `nix develop` and its like: the same as far as the shell, which it does not begin. */
export function withoutShell({ words: line, tool }: Prepared): readonly string[] {
  return tool === 'nix-shell' ? [...line, '--run', 'true'] : [...line, '--command', 'true'];
}

/** Behind sudo, env and their like, each with its own options. */
export function programIndex(line: readonly string[]): number {
  let at = 0;
  for (;;) {
    const wrapper = wrappers.find(({ names }) => names.includes(baseName(line[at] ?? '')));
    if (wrapper === undefined) return at;
    const next = behindOptions(line, at + 1, wrapper);
    if (next >= line.length) return at;
    at = next;
  }
}

function behindOptions(line: readonly string[], from: number, { letters, long, assigns }: Wrapper): number {
  let at = from;
  for (; at < line.length; at += 1) {
    const word = line[at] ?? '';
    if (word === '--') return at + 1;
    if (word.startsWith('--')) {
      if (long.includes(word)) at += 1;
    } else if (/^-./.test(word)) {
      // `-u root`, `-nu root`; in `-uroot` the argument is there already.
      const taking = [...word.slice(1)].findIndex((letter) => letters.includes(letter));
      if (taking === word.length - 2) at += 1;
    } else if (!(assigns && /^[A-Za-z_]\w*=/.test(word))) return at;
  }
  return at;
}

/** Without those of a program that it runs: behind `--`, and behind the command of a shell. */
export function ownWords(tool: string, rest: readonly string[]): readonly string[] {
  const ends = tool === 'nix' ? ['--', '-c', '--command'] : ['--'];
  const end = rest.findIndex((word) => ends.includes(word));
  return end < 0 ? rest : rest.slice(0, end);
}

function isLogFormat(word: string): boolean {
  return word === '--log-format' || word.startsWith('--log-format=');
}

/** `-v`, `-vvv`, `-Lv`. */
function isVerbose(word: string): boolean {
  return word === '--verbose' || word === '--debug' || /^-[LkKQ]*v+[LkKQv]*$/.test(word);
}

function beginsShell(tool: string, rest: readonly string[]): boolean {
  if (tool === 'nix-shell') return !rest.some((word) => word === '--run' || word === '--command');
  if (tool !== 'nix') return false;
  const command = rest.find((word) => nixCommands.has(word));
  return (command === 'develop' || command === 'shell') && ownWords(tool, rest).length === rest.length;
}
