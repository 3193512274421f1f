/**
 * `watch --safe`: one build at a time with two cores, for this command alone. By options where the tool at hand takes
 * them, else by NIX_CONFIG (nix.conf(5)), which everything that is started inherits; no file is edited.
 */
import { baseName } from '../base/text.ts';
import { ownWords, programIndex } from './log-format.ts';

export type SafeMode =
  | {
      readonly kind: 'safe';
      readonly words: readonly string[];
      /** Of the command, over what it inherits. */
      readonly environment: Readonly<Record<string, string>>;
      /** What was added, for people. */
      readonly told: string;
    }
  /** One clause: why it cannot be had. */
  | { readonly kind: 'refused'; readonly why: string };

const options = ['--max-jobs', '1', '--cores', '2'];
const settings = 'max-jobs = 1\ncores = 2';
const rebuildActions: ReadonlySet<string> = new Set(
  'switch boot test build dry-build dry-run dry-activate build-vm build-vm-with-bootloader build-image'.split(
    ' ',
  ),
);
/** Where the options stand, as for `--log-format`: right behind the program, or behind the last word. */
const places: Readonly<Record<string, 'first' | 'last'>> = {
  ...{ nix: 'first', 'nix-build': 'first', 'nix-shell': 'first', 'nix-env': 'first' },
  ...{ 'nix-store': 'first', 'nix-instantiate': 'first' },
  ...{ 'nixos-rebuild': 'last', 'nixos-rebuild-ng': 'last' },
};
/** What they start runs on another machine, or in an environment of its own. */
const elsewhere: ReadonlySet<string> = new Set(['ssh', 'mosh', 'machinectl', 'nixos-enter', 'su']);
/** They hand nothing of the environment on, or what they are told to. */
const cleaners: ReadonlySet<string> = new Set(['sudo', 'doas', 'run0', 'systemd-run', 'env']);

export function withSafeMode(
  line: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): SafeMode {
  const at = programIndex(line);
  const [before, program, rest] = [line.slice(0, at), line[at] ?? '', line.slice(at + 1)];
  const tool = baseName(program);
  const own = ownWords(tool, rest);
  const given = own.find(
    (word, index) =>
      /^(?:-j\d*|--max-jobs|--cores)(?:=|$)/.test(word) ||
      (/^(?:max-jobs|cores)$/.test(word) && own[index - 1] === '--option'),
  );
  if (given !== undefined) return { kind: 'refused', why: `${given} is given already` };
  if (elsewhere.has(tool))
    return { kind: 'refused', why: `what ${tool} starts gets neither options nor NIX_CONFIG from here` };
  const place = places[tool];
  if (place !== undefined) {
    if (place === 'last' && !own.some((word) => rebuildActions.has(word)))
      return { kind: 'refused', why: `this ${tool} builds nothing` };
    const words = place === 'first' ? [...before, program, ...options, ...rest] : [...line, ...options];
    return { kind: 'safe', words, environment: {}, told: options.join(' ') };
  }
  return byEnvironment({ before, program, rest }, environment);
}

function byEnvironment(
  {
    before,
    program,
    rest,
  }: { readonly before: readonly string[]; readonly program: string; readonly rest: readonly string[] },
  environment: Readonly<Record<string, string | undefined>>,
): SafeMode {
  if (before.some((word) => word.startsWith('NIX_CONFIG=')))
    return { kind: 'refused', why: 'NIX_CONFIG is given on the command line: add max-jobs and cores there' };
  const told = 'NIX_CONFIG with max-jobs = 1 and cores = 2';
  // What others may see of a command line has no secrets of the environment in it.
  if (before.some((word) => cleaners.has(baseName(word))))
    return {
      ...{ kind: 'safe', environment: {}, told: `${told}, behind ${baseName(before[0] ?? '')}` },
      words: [...before, 'env', `NIX_CONFIG=${settings}`, program, ...rest],
    };
  // The last one counts: what stands there already stays, but for these two.
  const set = environment['NIX_CONFIG'];
  return {
    ...{ kind: 'safe', words: [...before, program, ...rest], told },
    environment: { NIX_CONFIG: set ? `${set}\n${settings}` : settings },
  };
}
