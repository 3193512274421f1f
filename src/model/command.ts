/** Command lines in words: what a person would have typed, without interpreters and store hashes. */

const interpreters = /^(?:ba|da|z|k)?sh$|^(?:python|perl|ruby|node|guile|tclsh)[\d.]*$/;
const storeHash = /\/nix\/store\/[0-9a-df-np-sv-z]{32}-/g;
const longest = 400;

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** argv without the interpreter in front of a script: `bash ./configure --x` → `./configure --x`. */
export function withoutInterpreter(argv: readonly string[]): readonly string[] {
  const first = baseName(argv[0] ?? '').replace(/^-/, '');
  if (!interpreters.test(first)) return argv;
  // `python3 -m pytest`; other options (`bash -e script`) are skipped, `-c TEXT` is no script.
  let position = 1;
  while (argv[position]?.startsWith('-') && argv[position] !== '-c' && argv[position] !== '-m') position += 1;
  if (argv[position] === '-m') return argv.slice(position + 1);
  const script = argv[position];
  return script === undefined || script === '-c' || /\s/.test(script) ? argv : argv.slice(position);
}

/** The program's own name without directory, store hash or wrapper decoration. */
export function programName(argv: readonly string[], comm: string): string {
  const first = withoutInterpreter(argv)[0];
  const name = first === undefined ? comm : baseName(first).replace(/^-/, '');
  return unwrapped(name === '' || /\s/.test(name) ? comm : name);
}

/** `.nixos-rebuild-wrapped` → `nixos-rebuild`; a store name loses its hash. */
function unwrapped(name: string): string {
  return name.replace(/^[0-9a-df-np-sv-z]{32}-/, '').replace(/^\.(.+)-wrapped$/, '$1');
}

/** One line for people; control characters become spaces. */
export function commandWords(argv: readonly string[], comm: string): string {
  const rest = withoutInterpreter(argv).slice(1);
  const words = [programName(argv, comm), ...rest].join(' ');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not reach a terminal
  const line = words.replace(/[\x00-\x1f\x7f-\x9f]+/g, ' ').replace(storeHash, '');
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
