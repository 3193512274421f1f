/** Command lines in words: what a person would have typed, without emulators, interpreters and store hashes. */

import { baseName, withoutControls } from '../../base/text.ts';
import type { BuildProcess } from '../model.ts';
import type { ProcessRaw } from '../sample.ts';
import { standingOf, toolOfComm } from './nix-tools.ts';
import { argvOf } from './process-graph.ts';

const shells = /^(?:ba|da|z|k)?sh$/;
const interpreters = /^(?:python|perl|ruby|node|guile|tclsh)[\d.]*$/;
/** Options whose value is an argument of its own. */
const shellValue = /^[-+][oO]$/;
const interpreterValue = /^-[WX]$/;
/** What follows is the program's text, not its file. */
const shellText = /^-[a-z]*c$/;
const interpreterText = /^-(?:[cpneE]|[a-zA-Z]*e)$/;

/**
 * Programs that run those of another processor, by name or as binfmt_misc has them (`/run/binfmt/rosetta` of
 * NixOS); and their options with a value (qemu-user: linux-user/main.c).
 */
const emulators =
  /^(?:qemu-(?!img|io|nbd|ga|edid)[a-z0-9_]+(?:-static|-binfmt(?:-P)?)?|rosetta|box64|box86|FEXInterpreter)$/;
const emulatorValue = /^-(?:[0gsLEUrBD]|cpu|dfilter|plugin|seed)$/;

const storeHash = /\/nix\/store\/[0-9a-df-np-sv-z]{32}-/g;
const longest = 400;

/** argv as it would be on the program's own processor: `qemu-aarch64 -L / ./gcc gcc -c` → `./gcc -c`. */
function withoutEmulator(argv: readonly string[]): readonly string[] {
  const [first = ''] = argv;
  if (!emulators.test(unwrapped(baseName(first))) && !first.startsWith('/run/binfmt/')) return argv;
  let position = 1;
  while (argv[position]?.startsWith('-')) position += emulatorValue.test(argv[position] ?? '') ? 2 : 1;
  const program = argv[position];
  if (program === undefined) return argv;
  // With the flag P of binfmt_misc the program's own argv[0] follows its path.
  const told = baseName(argv[position + 1] ?? '') === baseName(program) ? 1 : 0;
  return [program, ...argv.slice(position + 1 + told)];
}

/** argv without the interpreter in front of a script: `bash ./configure --x` → `./configure --x`. */
export function withoutInterpreter(whole: readonly string[]): readonly string[] {
  const argv = withoutEmulator(whole);
  const first = baseName(argv[0] ?? '').replace(/^-/, '');
  const shell = shells.test(first);
  if (!isInterpreter(first)) return argv;
  const takesValue = shell ? shellValue : interpreterValue;
  const takesText = shell ? shellText : interpreterText;
  let position = 1;
  for (let option = argv[position]; option?.match(/^[-+]./); option = argv[position]) {
    // `python3 -m pytest`: the module is the program.
    if (option === '-m' && !shell) return position + 1 < argv.length ? argv.slice(position + 1) : argv;
    if (takesText.test(option)) return argv;
    position += takesValue.test(option) ? 2 : 1;
    if (option === '--') break;
  }
  const script = argv[position];
  return script === undefined || script === '' || /\s/.test(script) ? argv : argv.slice(position);
}

/** Whether a program of this name runs the script of another: `bash`, `python3.12`. */
export function isInterpreter(name: string): boolean {
  return shells.test(name) || interpreters.test(name);
}

/** What an interpreter runs: `nixos-rebuild` of `python3 -I …/bin/.nixos-rebuild-wrapped`; null: no script. */
export function nameOfScript(argv: readonly string[]): string | null {
  const [script] = withoutInterpreter(argv);
  return script === undefined || script === argv[0] ? null : unwrapped(baseName(script));
}

/** The tool that an interpreter runs: `bash ./nixos-rebuild`. */
export function toolOfScript(argv: readonly string[]): string | null {
  const name = nameOfScript(argv);
  return name !== null && standingOf(name) === 'client' ? name : null;
}

/** The Nix tool that a process is, by its own name or by its script's. */
export function toolOf(process: ProcessRaw): string | null {
  const own = process.facts.ownTool ?? toolOfComm(process.comm);
  return own ?? (isInterpreter(process.comm) ? toolOfScript(argvOf(process)) : null);
}

/** A command line is read once and shown at every tick. */
interface CommandText {
  readonly comm: string;
  readonly name: string;
  words: string | null;
}
const described = new WeakMap<readonly string[], CommandText>();

function describe(argv: readonly string[], comm: string): CommandText {
  let known = described.get(argv);
  if (known?.comm !== comm) {
    known = { comm, name: nameOf(argv, comm), words: null };
    described.set(argv, known);
  }
  return known;
}

/** The program's own name without directory, store hash or wrapper decoration. */
export function programName(argv: readonly string[], comm: string): string {
  return describe(argv, comm).name;
}

/** One line for people. */
export function commandWords(argv: readonly string[], comm: string): string {
  const known = describe(argv, comm);
  known.words ??= composeWords(argv, known.name);
  return known.words;
}

function nameOf(argv: readonly string[], comm: string): string {
  const first = withoutInterpreter(argv)[0];
  // Before its arguments are read, and the kernel cuts comm at 15: `.nixos-rebuild-`.
  const short = toolOfComm(comm) ?? comm;
  const name = first === undefined ? short : baseName(first).replace(/^-/, '');
  return withoutControls(unwrapped(name === '' || /\s/.test(name) ? short : name));
}

/** `.nixos-rebuild-wrapped` → `nixos-rebuild`; a store name loses its hash. */
export function unwrapped(name: string): string {
  return name.replace(/^[0-9a-df-np-sv-z]{32}-/, '').replace(/^\.(.+)-wrapped$/, '$1');
}

function composeWords(argv: readonly string[], name: string): string {
  const words = [name, ...withoutInterpreter(argv).slice(1)].join(' ').trimEnd();
  const line = withoutControls(words).replace(storeHash, '');
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** The kernel's name for it; a builder's is the start of a store path's hash, and its command says more. */
export function processName({ comm, command }: Pick<BuildProcess, 'comm' | 'command'>): string {
  const program = /^[0-9a-df-np-sv-z]{15}$/.test(comm) ? command?.split(' ')[0] : null;
  return program || comm;
}
